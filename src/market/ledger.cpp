#include "market/ledger.h"

#include <algorithm>

#include "base/assert.h"

namespace altis::market {
namespace {

using codec::Json;

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_identifier_or_empty(std::string_view text) {
    return text.empty() || is_identifier(text);
}

bool is_account(std::string_view text) {
    const auto slash = text.find('/');
    return slash != std::string_view::npos && is_short_name(text.substr(0, slash)) &&
           is_short_name(text.substr(slash + 1));
}

tl::unexpected<Error> invalid(const std::string& what) {
    return fail(Code::kInvalid, "market.entry_invalid", "the entry cannot be booked: " + what);
}

Result<void> check_posting(const Posting& posting) {
    if (!is_account(posting.account)) {
        return invalid("an account is named <organisation>/<account>, in [a-z0-9_-]");
    }
    if (!is_currency(posting.currency)) return invalid("a currency has three capital letters");
    if (posting.amount_minor > kMaxAmountMinor || posting.amount_minor < -kMaxAmountMinor) {
        return invalid("an amount is over 10^12 minor units");
    }
    if (posting.share_basis_points < 0 || posting.share_basis_points > 10'000) {
        return invalid("a share is between 0 and 10000 basis points");
    }
    return {};
}

Result<void> check_form(const Entry& entry) {
    if (!is_identifier(entry.id)) return invalid("its id is empty, too long or has other signs");
    if (!is_identifier(entry.reason)) return invalid("its reason must be a code word");
    if (!is_identifier_or_empty(entry.order) || !is_identifier_or_empty(entry.campaign) ||
        !is_identifier_or_empty(entry.message) || !is_identifier_or_empty(entry.reverses)) {
        return invalid("order, campaign, message and reversed entry must be identifiers");
    }
    if (entry.postings.empty() || entry.postings.size() > kMaxPostings) {
        return invalid("it needs 1 to 64 postings");
    }
    for (const Posting& posting : entry.postings)
        TRY_VOID(check_posting(posting));
    return {};
}

Result<void> check_sums(const Entry& entry) {
    std::map<std::string_view, std::int64_t> sums;
    for (const Posting& posting : entry.postings)
        sums[posting.currency] += posting.amount_minor;
    for (const auto& [currency, sum] : sums) {
        if (sum == 0) continue;
        return fail(Code::kInvalid, "market.unbalanced",
                    "the postings of entry '" + entry.id + "' sum to " + std::to_string(sum) +
                        " minor units of " + std::string(currency) + "; they must sum to zero");
    }
    return {};
}

void set_if_any(Json& json, std::string_view key, const std::string& text) {
    if (!text.empty()) json.set(key, text);
}

Json to_json(const Posting& posting) {
    Json json = Json::object({{"account", posting.account},
                              {"amount_minor", posting.amount_minor},
                              {"currency", posting.currency}});
    if (posting.share_basis_points > 0) json.set("share_basis_points", posting.share_basis_points);
    return json;
}

std::string to_payload(const Entry& entry) {
    Json json =
        Json::object({{"id", entry.id}, {"time_us", entry.time.us}, {"reason", entry.reason}});
    set_if_any(json, "order", entry.order);
    set_if_any(json, "campaign", entry.campaign);
    set_if_any(json, "message", entry.message);
    set_if_any(json, "reverses", entry.reverses);
    Json postings = Json::array();
    for (const Posting& posting : entry.postings)
        postings.push(to_json(posting));
    json.set("postings", std::move(postings));
    return json.to_string();
}

std::string text_of(const Json& json, std::string_view key) {
    return std::string(json[key].as_string());
}

Entry from_payload(std::string_view payload) {
    const auto json = codec::parse_json(payload);
    ALTIS_ASSERT(json);
    Entry entry{text_of(*json, "id"),       Time{(*json)["time_us"].as_int()},
                text_of(*json, "reason"),   text_of(*json, "order"),
                text_of(*json, "campaign"), text_of(*json, "message"),
                text_of(*json, "reverses"), {}};
    for (const Json& posting : (*json)["postings"].items()) {
        entry.postings.push_back({text_of(posting, "account"), posting["amount_minor"].as_int(),
                                  text_of(posting, "currency"),
                                  static_cast<int>(posting["share_basis_points"].as_int())});
    }
    return entry;
}

void save_entry(ByteWriter& out, const Entry& entry) {
    out.put(entry.time.us);
    for (const std::string* text : {&entry.id, &entry.reason, &entry.order, &entry.campaign,
                                    &entry.message, &entry.reverses}) {
        out.put_text(*text);
    }
    out.put(static_cast<std::uint32_t>(entry.postings.size()));
    for (const Posting& posting : entry.postings) {
        out.put_text(posting.account);
        out.put(posting.amount_minor);
        out.put_text(posting.currency);
        out.put(static_cast<std::int32_t>(posting.share_basis_points));
    }
}

Entry load_entry(ByteReader& in) {
    Entry entry;
    entry.time.us = in.get<std::int64_t>();
    for (std::string* text : {&entry.id, &entry.reason, &entry.order, &entry.campaign,
                              &entry.message, &entry.reverses}) {
        *text = in.get_text();
    }
    const auto postings = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < postings && in.ok(); ++i) {
        Posting posting;
        posting.account = in.get_text();
        posting.amount_minor = in.get<std::int64_t>();
        posting.currency = in.get_text();
        posting.share_basis_points = in.get<std::int32_t>();
        entry.postings.push_back(std::move(posting));
    }
    return entry;
}

}  // namespace

bool is_short_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return is_lower_or_digit(c) || c == '_' || c == '-';
    });
}

bool is_currency(std::string_view text) {
    return text.size() == 3 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_identifier(std::string_view text) {
    constexpr std::string_view kSigns = "-_./:#";
    return !text.empty() && text.size() <= kMaxIdBytes &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') ||
                      kSigns.find(c) != std::string_view::npos;
           });
}

journal::Decision LedgerBook::book(const Entry& entry) const {
    TRY_VOID(check_form(entry));
    TRY_VOID(check_sums(entry));
    if (const Entry* booked = this->entry(entry.id)) {
        if (*booked == entry) return std::vector<journal::Draft>{};
        return fail(Code::kConflict, "market.conflict",
                    "entry '" + entry.id + "' is booked with other content; use a new id");
    }
    TRY_VOID(check_balances(entry));
    return std::vector<journal::Draft>{
        {"market.booked", entry.reason, kNoSubject, to_payload(entry)}};
}

journal::Decision LedgerBook::reverse(const Reversal& reversal) const {
    const Entry* original = entry(reversal.original);
    if (original == nullptr) {
        return fail(Code::kNotFound, "market.entry_unknown",
                    "there is no entry with the id to be reversed; look it up in the statement");
    }
    const auto earlier = reversals_.find(reversal.original);
    const bool is_other = earlier != reversals_.end() && earlier->second != reversal.id;
    if (is_other || !original->reverses.empty()) {
        return fail(Code::kConflict, "market.conflict",
                    "entry '" + original->id +
                        "' is reversed already or is a reversal itself; book a new entry");
    }
    Entry entry = *original;
    entry.id = reversal.id;
    entry.time = reversal.time;
    entry.reason = reversal.reason;
    entry.reverses = original->id;
    for (Posting& posting : entry.postings)
        posting.amount_minor = -posting.amount_minor;
    return book(entry);
}

const Entry* LedgerBook::entry(std::string_view id) const {
    const auto found = entries_.find(id);
    return found == entries_.end() ? nullptr : &found->second;
}

bool LedgerBook::is_reversed(std::string_view id) const {
    return reversals_.find(id) != reversals_.end();
}

bool LedgerBook::balanced() const {
    __extension__ typedef __int128 Wide;
    std::map<std::string_view, Wide> sums;
    for (const auto& [key, amount_minor] : balances_)
        sums[key.currency] += amount_minor;
    return std::all_of(sums.begin(), sums.end(), [](const auto& sum) { return sum.second == 0; });
}

Result<void> LedgerBook::check_balances(const Entry& entry) const {
    std::map<AccountKey, std::int64_t> changes;
    for (const Posting& posting : entry.postings) {
        changes[{posting.account, posting.currency}] += posting.amount_minor;
    }
    for (const auto& [key, change] : changes) {
        const auto balance = balances_.find(key);
        const std::int64_t sum = change + (balance == balances_.end() ? 0 : balance->second);
        if (sum <= kMaxBalanceMinor && sum >= -kMaxBalanceMinor) continue;
        return fail(Code::kTooLarge, "market.balance_too_large",
                    "account '" + key.account + "' would pass 10^18 minor units; settle it first");
    }
    return {};
}

void LedgerBook::insert(Entry entry) {
    const auto [place, is_new] = entries_.try_emplace(entry.id, entry);
    if (!is_new) return;
    for (const Posting& posting : entry.postings) {
        balances_[{posting.account, posting.currency}] += posting.amount_minor;
    }
    if (!entry.reverses.empty()) reversals_.emplace(entry.reverses, entry.id);
}

void LedgerBook::apply(const journal::Record& record) {
    if (record.erased || record.type != "market.booked") return;
    Entry entry = from_payload(record.payload);
    ALTIS_ASSERT(check_form(entry) && check_sums(entry));
    insert(std::move(entry));
}

void LedgerBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint64_t>(entries_.size()));
    for (const auto& [id, entry] : entries_)
        save_entry(out, entry);
}

Result<void> LedgerBook::load(ByteReader& in) {
    entries_.clear();
    balances_.clear();
    reversals_.clear();
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i)
        insert(load_entry(in));
    return in.finish("the ledger's state");
}

}  // namespace altis::market
