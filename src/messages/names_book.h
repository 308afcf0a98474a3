// Names of competitors per language, as their owners give them: the book behind the alias table.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
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

// Record type: "messages.names_given". The latest name for a competitor and language counts.
class NamesBook final : public journal::Book {
  public:
    // No draft when all are known. Fails with "messages.name_invalid", naming the place in the
    // list.
    journal::Decision give(const std::vector<GivenName>& names) const;

    const AliasTable& aliases() const { return aliases_; }

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "names"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    void insert(std::string_view code, std::string_view language, std::string_view name);

    std::map<std::pair<std::string, std::string>, std::string> names_;  // by code and language
    AliasTable aliases_;                                                // derived
};

}  // namespace altis::messages
