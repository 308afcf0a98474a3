#include "messages/names_book.h"

#include "base/assert.h"
#include "codec/json.h"
#include "messages/fact.h"

namespace altis::messages {
namespace {

using codec::Json;

constexpr std::string_view kNamesGiven = "messages.names_given";
constexpr std::size_t kMaxCodeBytes = 40;
constexpr std::size_t kMaxLanguageBytes = 16;

bool is_valid(const GivenName& given) {
    return !given.code.empty() && given.code.size() <= kMaxCodeBytes && !given.language.empty() &&
           given.language.size() <= kMaxLanguageBytes && !given.name.empty() &&
           given.name.size() <= kMaxNameBytes;
}

}  // namespace

const AliasTable& NamesBook::aliases(std::string_view edition) const {
    static const AliasTable kNone;
    const auto found = aliases_.find(edition);
    return found == aliases_.end() ? kNone : found->second;
}

journal::Decision NamesBook::give(std::string_view edition,
                                  const std::vector<GivenName>& names) const {
    if (names.size() > kMaxNamesPerCommand) {
        return fail(Code::kTooLarge, "messages.name_invalid",
                    "at most 100000 names are taken at once; send them in parts");
    }
    Json list = Json::array();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const GivenName& given = names[i];
        if (!is_valid(given)) {
            return fail(Code::kInvalid, "messages.name_invalid",
                        "name number " + std::to_string(i + 1) +
                            " needs a code, a language and a name of at most 200 bytes");
        }
        const std::string* const known = aliases(edition).find(given.code, given.language);
        if (known != nullptr && *known == given.name) continue;
        list.push(Json::object(
            {{"code", given.code}, {"language", given.language}, {"name", given.name}}));
    }
    if (list.items().empty()) return std::vector<journal::Draft>{};
    return std::vector<journal::Draft>{{std::string(kNamesGiven), std::string(edition), kNoSubject,
                                        Json::object({{"names", list}}).to_string()}};
}

void NamesBook::apply(const journal::Record& record) {
    if (record.type != kNamesGiven) return;
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json.has_value());
    AliasTable& table = aliases_[std::string(record.topic)];
    for (const Json& given : (*json)["names"].items()) {
        table.add(given["code"].as_string(), given["language"].as_string(),
                  given["name"].as_string());
    }
}

void NamesBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(aliases_.size()));
    for (const auto& [edition, table] : aliases_) {
        out.put_text(edition);
        out.put(static_cast<std::uint32_t>(table.names().size()));
        for (const auto& [key, name] : table.names()) {
            out.put_text(key.first);
            out.put_text(key.second);
            out.put_text(name);
        }
    }
}

Result<void> NamesBook::load(ByteReader& in) {
    *this = NamesBook();
    const auto editions = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < editions && in.ok(); ++i) {
        AliasTable& table = aliases_[std::string(in.get_text())];
        const auto count = in.get<std::uint32_t>();
        for (std::uint32_t k = 0; k < count && in.ok(); ++k) {
            const std::string_view code = in.get_text();
            const std::string_view language = in.get_text();
            table.add(code, language, in.get_text());
        }
    }
    return in.finish("the names' snapshot");
}

}  // namespace altis::messages
