#include "results/codes/code_tables.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "results/json_members.h"
#include "results/odf_lines.h"

namespace altis::results {
namespace {

using codec::Json;
using codec::XmlElement;

constexpr std::string_view kEditionOpened = "rights.edition_opened";  // of the rule book
constexpr std::string_view kEnglish = "ENG";

Json parse_payload(std::string_view payload) {
    auto json = codec::parse_json(payload);
    ALTIS_ASSERT(json.has_value());
    return *std::move(json);
}

Result<CodeEntry> read_entry(XmlElement element) {
    CodeEntry entry;
    TRY(entry.code, require_odf_text(element, "Code"));
    for (const codec::XmlAttribute& a : element.attributes()) {
        if (a.name == "Code" || a.value.empty()) continue;
        if (entry.attributes.size() == kMaxCodeAttributes) {
            return odf::too_large("code " + entry.code, kMaxCodeAttributes, "attributes");
        }
        TRY(std::string value, read_odf_text(element, a.name));
        entry.attributes.push_back({std::string(a.name), std::move(value)});
    }
    for (const XmlElement language : element.children("Language")) {
        if (entry.names.size() == kMaxCodeLanguages) {
            return odf::too_large("code " + entry.code, kMaxCodeLanguages, "languages");
        }
        CodeName name;
        TRY(name.language, require_odf_text(language, "Language"));
        TRY(name.name, read_odf_text(language, "Description"));
        TRY(name.long_name, read_odf_text(language, "LongDescription"));
        entry.names.push_back(std::move(name));
    }
    return entry;
}

// The newest version that is not withdrawn.
template <class Versions>
const CodeSet* current(const Versions& versions) {
    const auto newest = std::find_if(versions.rbegin(), versions.rend(),
                                     [](const auto& entry) { return !entry.second.withdrawn; });
    return newest == versions.rend() ? nullptr : &newest->second;
}

std::string name_in(const CodeEntry* entry, std::string_view language) {
    if (entry == nullptr || entry->names.empty()) return {};
    for (const std::string_view wanted : {language, kEnglish}) {
        const auto found = std::ranges::find(entry->names, wanted, &CodeName::language);
        if (found != entry->names.end()) {
            return found->long_name.empty() ? found->name : found->long_name;
        }
    }
    return entry->names.front().name;
}

// A code with its padding, or without it.
const CodeEntry* find_padded(const CodeTables& tables, std::string_view edition,
                             std::string_view set, std::string_view code, std::size_t characters) {
    std::string padded(code.substr(0, characters));
    padded.resize(kRscCharacters, '-');
    if (const CodeEntry* entry = tables.find(edition, set, padded)) return entry;
    const std::size_t end = padded.find_last_not_of('-');
    return end == std::string::npos ? nullptr
                                    : tables.find(edition, set, padded.substr(0, end + 1));
}

}  // namespace

std::string set_name(std::string_view subtype) {
    std::string name;
    for (const char c : subtype) {
        if (c == '_') continue;
        name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return name;
}

Result<CodeSet> parse_codes_odf(const OdfHeader& header, XmlElement body) {
    if (header.subtype.empty()) return odf::missing("DocumentSubtype");
    CodeSet set;
    set.edition = header.edition();
    set.set = set_name(header.subtype);
    set.version = header.version;
    set.source = header.source;
    set.withdrawn = !header.has_competition;
    const auto elements = body.child("Competition").children("CodeSet");
    if (elements.size() > kMaxCodesPerSet) {
        return odf::too_large("the set of codes", kMaxCodesPerSet, "codes");
    }
    set.codes.reserve(elements.size());
    for (const XmlElement element : elements) {
        TRY(CodeEntry entry, read_entry(element));
        set.codes.push_back(std::move(entry));
    }
    std::ranges::sort(set.codes, {}, &CodeEntry::code);
    const auto repeated = std::ranges::adjacent_find(set.codes, {}, &CodeEntry::code);
    if (repeated != set.codes.end()) {
        return fail(Code::kInvalid, "odf.code_repeated",
                    "code " + odf::quoted(repeated->code) + " is in the set " + set.set +
                        " twice; send it once");
    }
    return set;
}

Json to_json(const CodeName& name) {
    Json json = Json::object({{"language", name.language}});
    put_text(json, "name", name.name);
    put_text(json, "long_name", name.long_name);
    return json;
}

Json to_json(const CodeEntry& entry) {
    Json json = Json::object({{"code", entry.code}});
    put_items(json, "names", entry.names);
    if (entry.attributes.empty()) return json;
    Json attributes = Json::object();
    for (const Attribute& attribute : entry.attributes)
        attributes.set(attribute.name, attribute.value);
    json.set("attributes", std::move(attributes));
    return json;
}

Json to_json(const CodeSet& set) {
    Json json = Json::object({{"edition", set.edition},
                              {"set", set.set},
                              {"version", set.version},
                              {"source", set.source}});
    put_items(json, "codes", set.codes);
    if (set.withdrawn) json.set("withdrawn", true);
    return json;
}

Result<CodeSet> code_set_from(const Json& json) {
    CodeSet set;
    set.edition = text_of(json, "edition");
    set.set = text_of(json, "set");
    if (set.set.empty()) {
        return fail(Code::kCorrupt, "results.record_malformed",
                    "a record of codes has no valid set; verify the journal");
    }
    set.version = json["version"].as_int();
    set.source = text_of(json, "source");
    set.withdrawn = json["withdrawn"].as_bool();
    for (const Json& item : json["codes"].items()) {
        CodeEntry& entry = set.codes.emplace_back();
        entry.code = text_of(item, "code");
        for (const Json& name : item["names"].items()) {
            entry.names.push_back(
                {text_of(name, "language"), text_of(name, "name"), text_of(name, "long_name")});
        }
        for (const auto& [name, value] : item["attributes"].members())
            entry.attributes.push_back({name, std::string(value.as_string())});
    }
    return set;
}

// ---- commands -----------------------------------------------------------------------------------

journal::Decision CodeTables::receive(const CodeSet& set) const {
    const auto edition = editions_.find(set.edition);
    if (edition == editions_.end()) {
        return fail(Code::kNotFound, "results.unknown_edition",
                    "competition '" + set.edition.substr(0, 40) +
                        "' is no open edition; open it first, or check CompetitionCode");
    }
    const std::string what = "version " + std::to_string(set.version) + " of the codes " + set.set;
    const auto versions = edition->second.find(set.set);
    const CodeSet* known = nullptr;
    if (versions != edition->second.end()) {
        const auto found = versions->second.find(set.version);
        if (found != versions->second.end()) known = &found->second;
    }
    if (set.withdrawn && known == nullptr) {
        return fail(Code::kNotFound, "results.version_unknown",
                    what + " is not here, so it cannot be withdrawn; check Version");
    }
    if (set.withdrawn && known->withdrawn) return std::vector<journal::Draft>{};
    if (!set.withdrawn && known != nullptr) {
        if (known->codes == set.codes && !known->withdrawn) return std::vector<journal::Draft>{};
        return fail(Code::kConflict, "results.stale_version",
                    what + (known->withdrawn ? " was withdrawn" : " is there with other content") +
                        "; send a higher Version");
    }
    const auto type = set.withdrawn ? records::kCodesWithdrawn : records::kCodesPublished;
    std::string payload = to_json(set).to_string();
    if (payload.size() > journal::kMaxPayloadBytes) {
        return fail(Code::kTooLarge, "results.too_large",
                    what + " is over the limit of one record; send fewer codes");
    }
    return std::vector<journal::Draft>{
        {std::string(type), set.edition, kNoSubject, std::move(payload)}};
}

// ---- questions ----------------------------------------------------------------------------------

std::vector<std::string> CodeTables::sets(std::string_view edition) const {
    std::vector<std::string> names;
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return names;
    for (const auto& [name, versions] : found->second) {
        if (current(versions) != nullptr) names.push_back(name);
    }
    return names;
}

const CodeSet* CodeTables::set(std::string_view edition, std::string_view name) const {
    const auto found = editions_.find(edition);
    if (found == editions_.end()) return nullptr;
    const auto versions = found->second.find(name);
    return versions == found->second.end() ? nullptr : current(versions->second);
}

const CodeEntry* CodeTables::find(std::string_view edition, std::string_view name,
                                  std::string_view code) const {
    const CodeSet* codes = set(edition, name);
    if (codes == nullptr) return nullptr;
    const auto found = std::ranges::lower_bound(codes->codes, code, {}, &CodeEntry::code);
    return found == codes->codes.end() || found->code != code ? nullptr : &*found;
}

UnitNames CodeTables::names_of(std::string_view edition, const Rsc& rsc,
                               std::string_view language) const {
    constexpr std::size_t kDiscipline = 3;
    constexpr std::size_t kEvent = 22;  // discipline, gender, event and modifier
    constexpr std::size_t kPhase = 26;
    const auto name = [&](std::string_view set, std::size_t characters) {
        return name_in(find_padded(*this, edition, set, rsc.text(), characters), language);
    };
    UnitNames names{name("discipline", kDiscipline), name("event", kEvent), name("phase", kPhase),
                    name("unit", kRscCharacters)};
    if (names.unit.empty()) names.unit = name("eventunit", kRscCharacters);
    return names;
}

// ---- journal::Book ------------------------------------------------------------------------------

void CodeTables::apply(const journal::Record& record) {
    if (record.erased) return;
    if (record.type == kEditionOpened) {
        editions_.try_emplace(std::string(parse_payload(record.payload)["id"].as_string()));
        return;
    }
    const bool withdrawn = record.type == records::kCodesWithdrawn;
    if (!withdrawn && record.type != records::kCodesPublished) return;
    auto set = code_set_from(parse_payload(record.payload));
    ALTIS_ASSERT(set.has_value());
    CodeSet& version = editions_[set->edition][set->set][set->version];
    if (withdrawn) {
        version.withdrawn = true;
    } else {
        version = *std::move(set);
    }
}

void CodeTables::save(ByteWriter& out) const {
    out.put(std::uint64_t{editions_.size()});
    for (const auto& [id, sets] : editions_) {
        out.put_text(id);
        std::uint64_t count = 0;
        for (const auto& [name, versions] : sets)
            count += versions.size();
        out.put(count);
        for (const auto& [name, versions] : sets) {
            for (const auto& [number, set] : versions)
                out.put_text(to_json(set).to_string());
        }
    }
}

Result<void> CodeTables::load(ByteReader& in) {
    CodeTables loaded;
    for (auto left = in.get<std::uint64_t>(); in.ok() && left > 0; --left) {
        Sets& sets = loaded.editions_[std::string(in.get_text())];
        for (auto more = in.get<std::uint64_t>(); in.ok() && more > 0; --more) {
            TRY(const Json json, codec::parse_json(in.get_text()));
            TRY(CodeSet set, code_set_from(json));
            const std::string name = set.set;
            const std::int64_t version = set.version;
            sets[name].insert_or_assign(version, std::move(set));
        }
    }
    TRY_VOID(in.finish("the snapshot of the code tables"));
    *this = std::move(loaded);
    return {};
}

}  // namespace altis::results
