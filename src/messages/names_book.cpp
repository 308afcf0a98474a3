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

journal::Decision NamesBook::give(const std::vector<GivenName>& names) const {
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
        const auto known = names_.find({given.code, given.language});
        if (known != names_.end() && known->second == given.name) continue;
        list.push(Json::object(
            {{"code", given.code}, {"language", given.language}, {"name", given.name}}));
    }
    if (list.items().empty()) return std::vector<journal::Draft>{};
    return std::vector<journal::Draft>{
        {std::string(kNamesGiven), "", kNoSubject, Json::object({{"names", list}}).to_string()}};
}

void NamesBook::apply(const journal::Record& record) {
    if (record.type != kNamesGiven) return;
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json.has_value());
    for (const Json& given : (*json)["names"].items()) {
        insert(given["code"].as_string(), given["language"].as_string(), given["name"].as_string());
    }
}

void NamesBook::insert(std::string_view code, std::string_view language, std::string_view name) {
    names_[{std::string(code), std::string(language)}] = name;
    aliases_.add(code, language, name);
}

void NamesBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(names_.size()));
    for (const auto& [key, name] : names_) {
        out.put_text(key.first);
        out.put_text(key.second);
        out.put_text(name);
    }
}

Result<void> NamesBook::load(ByteReader& in) {
    *this = NamesBook();
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        const std::string_view code = in.get_text();
        const std::string_view language = in.get_text();
        insert(code, language, in.get_text());
    }
    return in.finish("the names' snapshot");
}

}  // namespace altis::messages
