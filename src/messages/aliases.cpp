#include "messages/aliases.h"

namespace altis::messages {

Result<AliasTable> AliasTable::parse(std::string_view text, std::string_view file) {
    AliasTable table;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#') continue;
        const auto first = line.find('\t');
        const auto second = first == std::string_view::npos ? first : line.find('\t', first + 1);
        const bool is_complete = second != std::string_view::npos && first > 0 &&
                                 second > first + 1 && second + 1 < line.size() &&
                                 line.find('\t', second + 1) == std::string_view::npos;
        if (!is_complete) {
            return fail(Code::kInvalid, "messages.alias_malformed",
                        std::string(file) + ":" + std::to_string(number) +
                            ": a line has a competitor code, a language and a name, with tabs "
                            "between");
        }
        table.add(line.substr(0, first), line.substr(first + 1, second - first - 1),
                  line.substr(second + 1));
    }
    return table;
}

void AliasTable::add(std::string_view code, std::string_view language, std::string_view name) {
    names_[{std::string(code), std::string(language)}] = name;
}

const std::string* AliasTable::find(std::string_view code, std::string_view language) const {
    const auto found = names_.find({std::string(code), std::string(language)});
    return found == names_.end() ? nullptr : &found->second;
}

std::string_view AliasTable::name(std::string_view code, std::string_view language,
                                  std::string_view official) const {
    for (const std::string_view wanted : {language, std::string_view("en")}) {
        if (const std::string* const given = find(code, wanted)) return *given;
    }
    return official;
}

}  // namespace altis::messages
