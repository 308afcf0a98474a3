// Names of competitors per edition and language, as their owners give them: the book behind the
// alias tables. A competitor's code is somebody else's in another edition.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "journal/book.h"
#include "messages/aliases.h"

namespace altis::messages {

constexpr std::size_t kMaxNamesPerCommand = 100'000;

// One name of one competitor in one language.
struct GivenName {
    std::string code;      // competitor code
    std::string language;  // "ja"
    std::string name;
};

// Record type: "messages.names_given", the topic is the edition. The latest name for a competitor
// and language counts.
class NamesBook final : public journal::Book {
  public:
    // No draft when all are known. Fails with "messages.name_invalid", naming the place in the
    // list.
    journal::Decision give(std::string_view edition, const std::vector<GivenName>& names) const;

    // Of an edition; empty where it has none. Valid as long as the book.
    const AliasTable& aliases(std::string_view edition) const;

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "names"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    std::map<std::string, AliasTable, std::less<>> aliases_;  // by edition
};

}  // namespace altis::messages
