// Names of competitors per language. Names are given by their owners and never transliterated by
// rule.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace altis::messages {

class AliasTable {
  public:
    // Reads lines "<competitor code> TAB <language> TAB <name>"; empty lines and lines that begin
    // with
    // '#' are skipped. Fails with "messages.alias_malformed", naming `file` and line.
    static Result<AliasTable> parse(std::string_view text, std::string_view file);

    void add(std::string_view code, std::string_view language, std::string_view name);

    // The name in that language, else in English, else `official`.
    std::string_view name(std::string_view code, std::string_view language,
                          std::string_view official) const;

    // The very name given for a competitor and language; null when there is none.
    const std::string* find(std::string_view code, std::string_view language) const;

    using Names = std::map<std::pair<std::string, std::string>, std::string>;
    const Names& names() const { return names_; }  // by code and language
    std::size_t size() const { return names_.size(); }

  private:
    Names names_;
};

}  // namespace altis::messages
