#include "market/campaigns.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>
#include <utility>

#include "base/assert.h"
#include "codec/text.h"

namespace altis::market {
namespace {

using codec::Json;

constexpr std::size_t kMaxNameBytes = 200;  // of a campaign's name

std::string text_of(const Json& json, std::string_view key) {
    return std::string(json[key].as_string());
}

Result<void> check_shares(const std::vector<Share>& shares) {
    std::set<std::string_view> organisations;
    std::int64_t sum = 0;
    for (const Share& share : shares) {
        const bool is_new = organisations.insert(share.organisation).second;
        if (!is_new || !is_short_name(share.organisation) || share.basis_points <= 0) {
            return fail(Code::kInvalid, "market.shares_invalid",
                        "each share names another organisation and has more than 0 basis points");
        }
        sum += share.basis_points;
    }
    if (sum == kAllBasisPoints && shares.size() <= kMaxShares) return {};
    return fail(Code::kInvalid, "market.shares_invalid",
                "the shares sum to " + std::to_string(sum) +
                    " basis points; at most 32 shares must sum to 10000 exactly");
}

Result<void> check_campaign(const Campaign& campaign) {
    const auto invalid = [](const char* what) {
        return fail(Code::kInvalid, "market.campaign_invalid",
                    std::string("the campaign cannot be opened: ") + what);
    };
    if (!is_identifier(campaign.id)) return invalid("its id is empty, too long or has other signs");
    if (!is_short_name(campaign.edition)) return invalid("its edition must be in [a-z0-9_-]");
    if (!is_short_name(campaign.organisation)) {
        return invalid("its organisation must be in [a-z0-9_-]");
    }
    if (campaign.name.size() > kMaxNameBytes) return invalid("its name is over 200 bytes");
    if (campaign.window_hours < 1 || campaign.window_hours > kMaxWindowHours) {
        return invalid("its attribution window must be 1 to 2160 hours");
    }
    if (!campaign.audience.empty() && !is_identifier(campaign.audience)) {
        return invalid("its audience must be the id of a cohort or segment");
    }
    if (campaign.audience.empty() != campaign.link.empty() ||
        campaign.link.size() > kMaxCampaignLinkBytes) {
        return invalid("an audience needs a link of at most 500 bytes, and a link an audience");
    }
    if (campaign.model != kLastTouch) return invalid("the only attribution model is last_touch");
    return check_shares(campaign.shares);
}

Result<void> check_sale(const Sale& sale) {
    if (sale.amount.minor < 0) {
        return fail(Code::kInvalid, "market.amount_negative",
                    "a sale has no negative amount; book a refund as a reversal of its entry");
    }
    const bool is_named = is_identifier(sale.order) && is_short_name(sale.seller) &&
                          is_short_name(sale.account) && is_short_name(sale.edition) &&
                          is_identifier(sale_entry_id(sale.seller, sale.order));
    if (is_named && sale.account != kReceivable && is_currency(sale.amount.currency) &&
        sale.amount.minor <= kMaxAmountMinor) {
        return {};
    }
    return fail(Code::kInvalid, "market.sale_invalid",
                "a sale needs an order fingerprint, a seller, an income account, an edition, a "
                "currency of three capital letters and at most 10^12 minor units");
}

std::string to_payload(const Campaign& campaign) {
    Json shares = Json::array();
    for (const Share& share : campaign.shares) {
        shares.push(Json::object(
            {{"organisation", share.organisation}, {"basis_points", share.basis_points}}));
    }
    return Json::object({{"id", campaign.id},
                         {"edition", campaign.edition},
                         {"organisation", campaign.organisation},
                         {"name", campaign.name},
                         {"shares", std::move(shares)},
                         {"window_hours", campaign.window_hours},
                         {"model", campaign.model},
                         {"audience", campaign.audience},
                         {"link", campaign.link}})
        .to_string();
}

Campaign campaign_from(const Json& json) {
    Campaign campaign{text_of(json, "id"),
                      text_of(json, "edition"),
                      text_of(json, "organisation"),
                      text_of(json, "name"),
                      {},
                      json["window_hours"].as_int(),
                      text_of(json, "model"),
                      text_of(json, "audience"),
                      text_of(json, "link")};
    for (const Json& share : json["shares"].items()) {
        campaign.shares.push_back(
            {text_of(share, "organisation"), static_cast<int>(share["basis_points"].as_int())});
    }
    return campaign;
}

journal::Draft attributed_draft(const Sale& sale, const Touch* touch) {
    Json json = Json::object({{"seller", sale.seller},
                              {"order", sale.order},
                              {"edition", sale.edition},
                              {"time_us", sale.time.us},
                              {"amount_minor", sale.amount.minor},
                              {"currency", sale.amount.currency},
                              {"campaign", nullptr},
                              {"message", nullptr}});
    if (touch != nullptr) {
        json.set("campaign", touch->campaign).set("message", touch->message);
        json.set("model", kLastTouch);
    }
    return {"market.attributed", sale.edition, kNoSubject, json.to_string()};
}

Attribution attribution_from(const Json& json) {
    return {text_of(json, "edition"),
            Money{json["amount_minor"].as_int(), text_of(json, "currency")},
            Time{json["time_us"].as_int()}, text_of(json, "campaign"), text_of(json, "message")};
}

// The entry of a sale: the seller is owed the gross amount by its customers; the income is divided.
Entry entry_of(const Sale& sale, const Touch* touch, const std::vector<Share>& shares) {
    Entry entry;
    entry.id = sale_entry_id(sale.seller, sale.order);
    entry.time = sale.time;
    entry.reason = "sale";
    entry.order = sale.order;
    if (touch != nullptr) {
        entry.campaign = touch->campaign;
        entry.message = touch->message;
    }
    const std::string& currency = sale.amount.currency;
    entry.postings.push_back(
        {sale.seller + "/" + std::string(kReceivable), sale.amount.minor, currency, 0});
    const auto parts = split(sale.amount.minor, shares);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const bool is_seller = shares[i].organisation == sale.seller;
        entry.postings.push_back(
            {shares[i].organisation + "/" + (is_seller ? sale.account : std::string("share")),
             -parts[i], currency, shares[i].basis_points});
    }
    return entry;
}

void save_campaign(ByteWriter& out, const Campaign& campaign) {
    for (const std::string* text :
         {&campaign.id, &campaign.edition, &campaign.organisation, &campaign.name, &campaign.model,
          &campaign.audience, &campaign.link}) {
        out.put_text(*text);
    }
    out.put(campaign.window_hours);
    out.put(static_cast<std::uint32_t>(campaign.shares.size()));
    for (const Share& share : campaign.shares) {
        out.put_text(share.organisation);
        out.put(static_cast<std::int32_t>(share.basis_points));
    }
}

Campaign load_campaign(ByteReader& in) {
    Campaign campaign;
    for (std::string* text :
         {&campaign.id, &campaign.edition, &campaign.organisation, &campaign.name, &campaign.model,
          &campaign.audience, &campaign.link}) {
        *text = in.get_text();
    }
    campaign.window_hours = in.get<std::int64_t>();
    const auto shares = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < shares && in.ok(); ++i) {
        std::string organisation(in.get_text());
        campaign.shares.push_back({std::move(organisation), in.get<std::int32_t>()});
    }
    return campaign;
}

// The conflict of an order that was decided with other content; nothing when it is the same.
Result<void> check_same(const Sale& sale, const Attribution& decided) {
    if (decided.edition == sale.edition && decided.amount == sale.amount &&
        decided.time == sale.time) {
        return {};
    }
    return fail(Code::kConflict, "market.conflict",
                "the order was booked with another edition, amount or time; refund it by a "
                "reversal, or send the changed order under an id of its own");
}

}  // namespace

std::vector<std::int64_t> split(std::int64_t amount_minor, const std::vector<Share>& shares) {
    ALTIS_ASSERT(amount_minor <= kMaxAmountMinor && amount_minor >= -kMaxAmountMinor);
    std::vector<std::int64_t> parts;
    std::int64_t rest = amount_minor;
    std::int64_t basis_points = 0;
    for (const Share& share : shares) {
        parts.push_back(amount_minor * share.basis_points / kAllBasisPoints);
        rest -= parts.back();
        basis_points += share.basis_points;
    }
    ALTIS_ASSERT(basis_points == kAllBasisPoints);
    const auto remainder = [&](std::size_t i) {
        return std::abs(amount_minor * shares[i].basis_points % kAllBasisPoints);
    };
    std::vector<std::size_t> order(shares.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(-remainder(a), a) < std::pair(-remainder(b), b);
    });
    const std::int64_t unit = rest < 0 ? -1 : 1;
    for (std::size_t i = 0; rest != 0; ++i, rest -= unit)
        parts[order[i]] += unit;
    return parts;
}

std::string order_fingerprint(const crypto::Digest& key, std::string_view edition,
                              std::string_view order_id) {
    ByteWriter bytes;
    bytes.put_text(edition);
    bytes.put_text(order_id);
    const crypto::Digest digest = crypto::keyed_hash(key, bytes.bytes());
    return codec::to_hex(crypto::as_text(digest).substr(0, 16));
}

std::string sale_entry_id(std::string_view seller, std::string_view order) {
    return "sale/" + std::string(seller) + "/" + std::string(order);
}

journal::Decision CampaignBook::open_campaign(const Campaign& campaign) const {
    TRY_VOID(check_campaign(campaign));
    if (const Campaign* open = this->campaign(campaign.id)) {
        if (*open == campaign) return std::vector<journal::Draft>{};
        return fail(Code::kConflict, "market.conflict",
                    "campaign '" + campaign.id + "' is open with other terms; choose a new id");
    }
    return std::vector<journal::Draft>{
        {"market.campaign_opened", campaign.edition, kNoSubject, to_payload(campaign)}};
}

journal::Decision CampaignBook::record_touch(SubjectId subject, const Touch& touch) const {
    const Campaign* campaign = this->campaign(touch.campaign);
    if (campaign == nullptr) {
        return fail(Code::kNotFound, "market.campaign_unknown",
                    "a touch names a campaign that is not open; open the campaign first");
    }
    if (subject == kNoSubject || !is_identifier(touch.message)) {
        return fail(Code::kInvalid, "market.touch_invalid",
                    "a touch needs a person and a message id of letters, digits and -_./:#");
    }
    const auto known = touches_.find(to_number(subject));
    if (known != touches_.end() &&
        std::binary_search(known->second.begin(), known->second.end(), touch)) {
        return std::vector<journal::Draft>{};
    }
    const Json json = Json::object(
        {{"message", touch.message}, {"campaign", touch.campaign}, {"time_us", touch.time.us}});
    return std::vector<journal::Draft>{
        {"market.touched", campaign->edition, subject, json.to_string()}};
}

journal::Decision CampaignBook::attribute(const Sale& sale, const LedgerBook& ledger) const {
    TRY_VOID(check_sale(sale));
    if (const Attribution* decided = attribution(sale.seller, sale.order)) {
        TRY_VOID(check_same(sale, *decided));
        return std::vector<journal::Draft>{};
    }
    if (sale.amount.minor == 0) return std::vector<journal::Draft>{};
    const Touch* touch = last_touch(sale);
    const std::vector<Share> all_to_seller{{sale.seller, static_cast<int>(kAllBasisPoints)}};
    const auto& shares = touch == nullptr ? all_to_seller : campaign(touch->campaign)->shares;
    TRY(auto drafts, ledger.book(entry_of(sale, touch, shares)));
    drafts.insert(drafts.begin(), attributed_draft(sale, touch));
    return drafts;
}

journal::Decision CampaignBook::forget(SubjectId subject) const {
    if (touches_.find(to_number(subject)) == touches_.end()) return std::vector<journal::Draft>{};
    // About nobody, so that it stays readable when the person's key is gone.
    const Json json = Json::object({{"subject", to_number(subject)}});
    return std::vector<journal::Draft>{{"market.forgotten", "", kNoSubject, json.to_string()}};
}

const Campaign* CampaignBook::campaign(std::string_view id) const {
    const auto found = campaigns_.find(id);
    return found == campaigns_.end() ? nullptr : &found->second;
}

const Attribution* CampaignBook::attribution(std::string_view seller,
                                             std::string_view order) const {
    const auto found = sales_.find(sale_entry_id(seller, order));
    return found == sales_.end() ? nullptr : &found->second;
}

std::map<std::string, CampaignTotal> CampaignBook::totals(std::string_view campaign) const {
    std::map<std::string, CampaignTotal> totals;
    for (const auto& [id, sale] : sales_) {
        if (sale.campaign != campaign) continue;
        CampaignTotal& total = totals[sale.amount.currency];
        ++total.sales;
        total.amount_minor += sale.amount.minor;
    }
    return totals;
}

std::uint64_t CampaignBook::attributed_sales() const {
    return static_cast<std::uint64_t>(
        std::count_if(sales_.begin(), sales_.end(),
                      [](const auto& sale) { return !sale.second.campaign.empty(); }));
}

bool CampaignBook::counts(const Touch& touch, const Sale& sale) const {
    const Campaign* campaign = this->campaign(touch.campaign);
    if (campaign == nullptr || campaign->edition != sale.edition) return false;
    const Duration window = seconds(campaign->window_hours * 3600);
    return touch.time <= sale.time && sale.time - touch.time <= window;
}

const Touch* CampaignBook::last_touch(const Sale& sale) const {
    const auto known = touches_.find(to_number(sale.subject));
    if (known == touches_.end()) return nullptr;
    const Touch* last = nullptr;
    for (const Touch& touch : known->second) {
        if (!counts(touch, sale)) continue;
        if (last != nullptr && last->message == sale.message && touch.message != sale.message) {
            continue;  // coming from a message is the last touch there can be
        }
        last = &touch;
    }
    return last;
}

void CampaignBook::insert_touch(std::uint32_t subject, Touch touch) {
    std::vector<Touch>& touches = touches_[subject];
    const auto place = std::lower_bound(touches.begin(), touches.end(), touch);
    if (place != touches.end() && *place == touch) return;
    touches.insert(place, std::move(touch));
    if (touches.size() > kMaxTouches) touches.erase(touches.begin());
}

void CampaignBook::apply(const journal::Record& record) {
    if (record.erased || !record.type.starts_with("market.") || record.type == "market.booked") {
        return;
    }
    const auto parsed = codec::parse_json(record.payload);
    ALTIS_ASSERT(parsed);
    const Json& json = *parsed;
    if (record.type == "market.campaign_opened") {
        Campaign campaign = campaign_from(json);
        ALTIS_ASSERT(check_campaign(campaign));
        campaigns_.try_emplace(campaign.id, campaign);
    } else if (record.type == "market.touched") {
        insert_touch(
            to_number(record.subject),
            {Time{json["time_us"].as_int()}, text_of(json, "message"), text_of(json, "campaign")});
    } else if (record.type == "market.attributed") {
        sales_.try_emplace(sale_entry_id(json["seller"].as_string(), json["order"].as_string()),
                           attribution_from(json));
    } else if (record.type == "market.forgotten") {
        touches_.erase(static_cast<std::uint32_t>(json["subject"].as_int()));
    }
}

void CampaignBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(campaigns_.size()));
    for (const auto& [id, campaign] : campaigns_)
        save_campaign(out, campaign);

    const std::map<std::uint32_t, std::vector<Touch>> sorted(touches_.begin(), touches_.end());
    out.put(static_cast<std::uint32_t>(sorted.size()));
    for (const auto& [subject, touches] : sorted) {
        out.put(subject);
        out.put(static_cast<std::uint32_t>(touches.size()));
        for (const Touch& touch : touches) {
            out.put(touch.time.us);
            out.put_text(touch.message);
            out.put_text(touch.campaign);
        }
    }

    out.put(static_cast<std::uint64_t>(sales_.size()));
    for (const auto& [id, sale] : sales_) {
        out.put(sale.amount.minor);
        out.put(sale.time.us);
        for (const std::string* text :
             {&id, &sale.edition, &sale.amount.currency, &sale.campaign, &sale.message}) {
            out.put_text(*text);
        }
    }
}

void CampaignBook::load_campaigns(ByteReader& in) {
    campaigns_.clear();
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        Campaign campaign = load_campaign(in);
        campaigns_.emplace(campaign.id, campaign);
    }
}

void CampaignBook::load_touches(ByteReader& in) {
    touches_.clear();
    const auto people = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < people && in.ok(); ++i) {
        std::vector<Touch>& touches = touches_[in.get<std::uint32_t>()];
        const auto count = in.get<std::uint32_t>();
        for (std::uint32_t k = 0; k < count && in.ok(); ++k) {
            Touch touch;
            touch.time.us = in.get<std::int64_t>();
            touch.message = in.get_text();
            touch.campaign = in.get_text();
            touches.push_back(std::move(touch));
        }
    }
}

void CampaignBook::load_sales(ByteReader& in) {
    sales_.clear();
    const auto count = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        Attribution sale;
        std::string id;
        sale.amount.minor = in.get<std::int64_t>();
        sale.time.us = in.get<std::int64_t>();
        for (std::string* text :
             {&id, &sale.edition, &sale.amount.currency, &sale.campaign, &sale.message}) {
            *text = in.get_text();
        }
        sales_.emplace(std::move(id), std::move(sale));
    }
}

Result<void> CampaignBook::load(ByteReader& in) {
    load_campaigns(in);
    load_touches(in);
    load_sales(in);
    return in.finish("the campaign book's state");
}

}  // namespace altis::market
