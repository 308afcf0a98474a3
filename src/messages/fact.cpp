#include "messages/fact.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/decimal.h"
#include "language/numbers.h"

namespace altis::messages {
namespace {

constexpr std::array<std::string_view, 9> kKindNames = {"decimal", "count", "rank",  "name", "text",
                                                        "medal",   "link",  "clock", "claim"};
constexpr std::array<std::string_view, 3> kStatusNames = {"provisional", "official", "amended"};

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_whole_number(std::string_view text, std::int64_t lowest) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= lowest &&
           value <= kMaxCount && std::to_string(value) == text;
}

bool is_decimal(std::string_view text) {
    const auto value = Decimal::parse(text);
    return value && value->to_string() == text;
}

bool is_link(std::string_view text) {
    const bool has_scheme = text.starts_with("https://") || text.starts_with("http://");
    return has_scheme && text.size() <= kMaxLinkBytes &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return c > ' ' && c < '\x7f' && c != '"' && c != '<' && c != '>' && c != '\\';
           });
}

bool is_hash(std::string_view text) {
    constexpr std::size_t kHexDigits = 64;  // of SHA-256
    return text.size() == kHexDigits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

bool is_well_formed(const Fact& fact) {
    if (!fact.hash.empty() && !is_hash(fact.hash)) return false;
    if (fact.proof.size() > kMaxProofRows) return false;
    switch (fact.kind) {
        case FactKind::kDecimal:
            return is_decimal(fact.text);
        case FactKind::kCount:
            return is_whole_number(fact.text, 0);
        case FactKind::kRank:
            return is_whole_number(fact.text, 1);
        case FactKind::kName:
            return !fact.text.empty() && fact.text.size() <= kMaxNameBytes;
        case FactKind::kText:
            return is_word(fact.text);
        case FactKind::kMedal:
            return fact.text == "gold" || fact.text == "silver" || fact.text == "bronze";
        case FactKind::kLink:
            return is_link(fact.text);
        case FactKind::kClock:
            return language::is_clock(fact.text);
        case FactKind::kClaim:
            return is_word(fact.text);
    }
    return false;
}

template <std::size_t Size>
int index_of(const std::array<std::string_view, Size>& names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

}  // namespace

std::string_view to_string(FactKind kind) {
    return kKindNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(FactStatus status) {
    return kStatusNames[static_cast<std::size_t>(status)];
}

const Fact* find_fact(const FactRecord& facts, std::string_view name) {
    const auto found = std::find_if(facts.begin(), facts.end(),
                                    [&](const Fact& fact) { return fact.name == name; });
    return found == facts.end() ? nullptr : &*found;
}

Result<void> check_facts(const FactRecord& facts) {
    if (facts.size() > kMaxFacts) {
        return fail(Code::kTooLarge, "messages.fact_invalid", "a message has over 32 facts");
    }
    std::set<std::string_view> names;
    for (const Fact& fact : facts) {
        if (!is_word(fact.name)) {
            return fail(Code::kInvalid, "messages.fact_invalid",
                        "a fact's name must be in [a-z0-9_]");
        }
        if (!names.insert(fact.name).second) {
            return fail(Code::kInvalid, "messages.fact_invalid",
                        "the fact '" + fact.name + "' stands twice");
        }
        if (!is_well_formed(fact) || fact.source.empty()) {
            return fail(Code::kInvalid, "messages.fact_invalid",
                        "the fact '" + fact.name + "' is no well-formed " +
                            std::string(to_string(fact.kind)) + " or has no source");
        }
    }
    return {};
}

codec::Json to_json(const Fact& fact) {
    codec::Json json = codec::Json::object(
        {{"name", fact.name}, {"kind", to_string(fact.kind)}, {"text", fact.text}});
    if (!fact.unit.empty()) json.set("unit", fact.unit);
    if (!fact.key.empty()) json.set("key", fact.key);
    json.set("source", fact.source).set("version", fact.version);
    json.set("status", to_string(fact.status));
    if (!fact.hash.empty()) json.set("hash", fact.hash);
    if (fact.proof.empty()) return json;
    codec::Json proof = codec::Json::array();
    for (const ProofRow& row : fact.proof) {
        proof.push(codec::Json::object(
            {{"record", row.source}, {"version", row.version}, {"value", row.value.to_string()}}));
    }
    return json.set("proof", std::move(proof));
}

Result<Fact> fact_from_json(const codec::Json& json) {
    const int kind = index_of(kKindNames, json["kind"].as_string());
    const int status = index_of(kStatusNames, json["status"].as_string());
    if (kind < 0 || status < 0) {
        return fail(Code::kInvalid, "messages.fact_invalid",
                    "a fact has an unknown kind or status");
    }
    const auto text = [&](std::string_view key) { return std::string(json[key].as_string()); };
    Fact fact{text("name"),
              static_cast<FactKind>(kind),
              text("text"),
              text("unit"),
              text("key"),
              text("source"),
              json["version"].as_int(),
              static_cast<FactStatus>(status),
              text("hash")};
    for (const codec::Json& row : json["proof"].items()) {
        const auto value = Decimal::parse(row["value"].as_string());
        if (!value) {
            return fail(Code::kInvalid, "messages.fact_invalid", "a proof's value is no number");
        }
        fact.proof.push_back(
            {std::string(row["record"].as_string()), row["version"].as_int(), *value});
    }
    return fact;
}

}  // namespace altis::messages
