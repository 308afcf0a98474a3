#include "fans/exports_book.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "codec/json.h"

namespace altis::fans {
namespace {

using codec::Json;

constexpr std::string_view kOffered = "exports.offered";
constexpr std::string_view kReceived = "exports.received";
constexpr std::string_view kFailed = "exports.failed";
constexpr std::string_view kRegistered = "exports.webhook_registered";
constexpr std::string_view kRemoved = "exports.webhook_removed";
constexpr std::string_view kForgotten = "fans.forgotten";

void put_line(ByteWriter& out, const ExportLine& line) {
    out.put_text(line.organisation);
    out.put_text(line.edition);
    out.put_text(line.segment);
    out.put(static_cast<std::uint8_t>(line.purpose));
    out.put_text(line.url);
}

ExportLine get_line(ByteReader& in) {
    ExportLine line;
    line.organisation = in.get_text();
    line.edition = in.get_text();
    line.segment = in.get_text();
    line.purpose = static_cast<rights::Purpose>(in.get<std::uint8_t>());
    line.url = in.get_text();
    return line;
}

std::string to_payload(const ExportOffer& offer) {
    ByteWriter out;
    put_line(out, offer.line);
    out.put_text(offer.format);
    out.put(offer.tells_changes, offer.rows);
    offer.fans.save(out);
    return out.take();
}

Result<ExportOffer> offer_from(std::string_view payload) {
    ByteReader in(payload);
    ExportOffer offer;
    offer.line = get_line(in);
    offer.format = in.get_text();
    offer.tells_changes = in.get<bool>();
    offer.rows = in.get<std::uint64_t>();
    TRY_VOID(offer.fans.load(in));
    TRY_VOID(in.finish("an offered export"));
    return offer;
}

tl::unexpected<Error> unknown_export() {
    return fail(Code::kNotFound, "exports.unknown_export",
                "there is no open export of this number: it was confirmed already, or a later "
                "export of the same segment took its place");
}

std::vector<journal::Draft> one_draft(std::string_view type, SubjectId subject,
                                      std::string payload) {
    return {{std::string(type), "", subject, std::move(payload)}};
}

std::string webhook_payload(std::string_view organisation, std::string_view url,
                            std::string_view salt) {
    Json json = Json::object({{"organisation", organisation}, {"url", url}});
    if (!salt.empty()) json.set("salt", salt);
    return json.to_string();
}

}  // namespace

// ---- commands -----------------------------------------------------------------------------------

journal::Decision ExportsBook::decide_offer(const ExportOffer& offer, journal::Offset seen,
                                            SubjectId treasury) const {
    if (state(offer.line).changed_at != seen) {
        return fail(Code::kConflict, "exports.overtaken",
                    "another export of the same segment to the same receiver came in between; "
                    "ask again");
    }
    if (!lines_.contains(offer.line) && lines_.size() >= kMaxExportLines) {
        return fail(Code::kTooLarge, "exports.too_many_lines",
                    "what was exported is remembered for " + std::to_string(kMaxExportLines) +
                        " combinations of segment, purpose and receiver; use fewer");
    }
    return one_draft(kOffered, treasury, to_payload(offer));
}

journal::Decision ExportsBook::decide_received(std::string_view organisation,
                                               journal::Offset offer) const {
    const auto found = open_.find(offer);
    const bool is_theirs = found != open_.end() && found->second.organisation == organisation &&
                           found->second.url.empty();
    if (!is_theirs) return unknown_export();
    return one_draft(kReceived, kNoSubject, Json::object({{"offer", offer}}).to_string());
}

journal::Decision ExportsBook::decide_finished(journal::Offset offer, DeliveryState state,
                                               std::string_view result) const {
    ALTIS_ASSERT(state != DeliveryState::kSending);
    const auto found = deliveries_.find(offer);
    const bool is_sending =
        found != deliveries_.end() && found->second.state == DeliveryState::kSending;
    if (!is_sending) return unknown_export();
    TRY(Json json, codec::parse_json(result));
    return one_draft(state == DeliveryState::kDelivered ? kReceived : kFailed, kNoSubject,
                     Json::object({{"offer", offer}, {"result", std::move(json)}}).to_string());
}

journal::Decision ExportsBook::decide_webhook(std::string_view organisation, std::string_view url,
                                              std::string_view salt, SubjectId treasury) const {
    if (url.empty() || url.size() > kMaxWebhookUrlBytes) {
        return fail(
            Code::kInvalid, "exports.bad_url",
            "the URL of a webhook has 1 to " + std::to_string(kMaxWebhookUrlBytes) + " bytes");
    }
    const auto count = static_cast<std::size_t>(std::ranges::count_if(
        webhooks_, [&](const auto& entry) { return entry.first.first == organisation; }));
    if (webhook_salt(organisation, url) == nullptr && count >= kMaxWebhooks) {
        return fail(Code::kTooLarge, "exports.too_many_webhooks",
                    "an organisation has at most " + std::to_string(kMaxWebhooks) +
                        " webhooks; remove one first");
    }
    return one_draft(kRegistered, treasury, webhook_payload(organisation, url, salt));
}

journal::Decision ExportsBook::decide_webhook_removed(std::string_view organisation,
                                                      std::string_view url,
                                                      SubjectId treasury) const {
    if (webhook_salt(organisation, url) == nullptr) {
        return fail(Code::kNotFound, "exports.unknown_webhook",
                    "no webhook of your organisation has this URL; GET /v1/webhooks lists them");
    }
    return one_draft(kRemoved, treasury, webhook_payload(organisation, url, {}));
}

// ---- questions ----------------------------------------------------------------------------------

const ExportState& ExportsBook::state(const ExportLine& line) const {
    const auto found = lines_.find(line);
    return found == lines_.end() ? nothing_ : found->second;
}

const std::string* ExportsBook::webhook_salt(std::string_view organisation,
                                             std::string_view url) const {
    const auto found = webhooks_.find({std::string(organisation), std::string(url)});
    return found == webhooks_.end() ? nullptr : &found->second;
}

// ---- applying -----------------------------------------------------------------------------------

void ExportsBook::apply_offered(const journal::Record& record) {
    auto offer = offer_from(record.payload);
    ALTIS_ASSERT(offer);
    ExportState& state = lines_[offer->line];
    open_.erase(state.changed_at);
    state.changed_at = record.offset;
    state.surely &= offer->fans;
    state.maybe |= offer->fans;
    open_.emplace(record.offset, offer->line);
    if (!offer->line.url.empty()) {
        if (deliveries_.size() >= kMaxKeptDeliveries) deliveries_.erase(deliveries_.begin());
        deliveries_.emplace(
            record.offset,
            Delivery{offer->line, offer->format, offer->tells_changes, offer->rows, record.time});
    }
    state.open = ExportState::Open{std::move(offer->fans)};
}

void ExportsBook::apply_received(journal::Offset offset, journal::Offset offer) {
    const auto found = open_.find(offer);
    if (found == open_.end()) return;  // a later one took its place
    ExportState& state = lines_.at(found->second);
    state.changed_at = offset;
    state.erased = state.open->erased;
    state.surely = state.open->fans;
    state.maybe = std::move(state.open->fans);
    state.open.reset();
    open_.erase(found);
}

void ExportsBook::apply_finished(const journal::Record& record, DeliveryState state) {
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json);
    const auto offer = static_cast<journal::Offset>((*json)["offer"].as_int());
    const auto found = deliveries_.find(offer);
    if (found != deliveries_.end()) {
        found->second.state = state;
        found->second.result = (*json)["result"].to_string();
    }
    if (state == DeliveryState::kDelivered) apply_received(record.offset, offer);
}

void ExportsBook::apply_forgotten(const journal::Record& record) {
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json);
    const Json& subjects = (*json)["subjects"];
    for (const Json& number : subjects.items()) {
        const SubjectId fan{static_cast<std::uint32_t>(number.as_int())};
        for (auto& [line, state] : lines_) {
            if (state.maybe.remove(fan)) ++state.erased;
            state.surely.remove(fan);
            if (state.open && state.open->fans.remove(fan)) ++state.open->erased;
        }
    }
}

void ExportsBook::apply(const journal::Record& record) {
    if (record.type == kForgotten) return apply_forgotten(record);
    if (record.erased || !record.type.starts_with("exports.")) return;
    if (record.type == kOffered) return apply_offered(record);
    if (record.type == kReceived) return apply_finished(record, DeliveryState::kDelivered);
    if (record.type == kFailed) return apply_finished(record, DeliveryState::kFailed);
    if (record.type != kRegistered && record.type != kRemoved) return;
    const auto json = codec::parse_json(record.payload);
    ALTIS_ASSERT(json);
    std::pair<std::string, std::string> key((*json)["organisation"].as_string(),
                                            (*json)["url"].as_string());
    if (record.type == kRemoved) {
        webhooks_.erase(key);
    } else {
        webhooks_.insert_or_assign(std::move(key), std::string((*json)["salt"].as_string()));
    }
}

// ---- state --------------------------------------------------------------------------------------

void ExportsBook::save(ByteWriter& out) const {
    out.put(static_cast<std::uint32_t>(lines_.size()));
    for (const auto& [line, state] : lines_) {
        put_line(out, line);
        out.put(state.changed_at, state.erased);
        state.surely.save(out);
        state.maybe.save(out);
        out.put(state.open.has_value());
        if (!state.open) continue;
        out.put(state.open->erased);
        state.open->fans.save(out);
    }
    out.put(static_cast<std::uint32_t>(deliveries_.size()));
    for (const auto& [offer, delivery] : deliveries_) {
        out.put(offer);
        put_line(out, delivery.line);
        out.put_text(delivery.format);
        out.put(delivery.tells_changes, delivery.rows, delivery.at.us,
                static_cast<std::uint8_t>(delivery.state));
        out.put_text(delivery.result);
    }
    out.put(static_cast<std::uint32_t>(webhooks_.size()));
    for (const auto& [key, salt] : webhooks_) {
        out.put_text(key.first);
        out.put_text(key.second);
        out.put_text(salt);
    }
}

Result<void> ExportsBook::load_lines(ByteReader& in) {
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        const ExportLine line = get_line(in);
        ExportState& state = lines_[line];
        state.changed_at = in.get<journal::Offset>();
        state.erased = in.get<std::uint64_t>();
        TRY_VOID(state.surely.load(in));
        TRY_VOID(state.maybe.load(in));
        if (!in.get<bool>()) continue;
        ExportState::Open open;
        open.erased = in.get<std::uint64_t>();
        TRY_VOID(open.fans.load(in));
        state.open = std::move(open);
        open_.emplace(state.changed_at, line);
    }
    return {};
}

Result<void> ExportsBook::load_deliveries(ByteReader& in) {
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        const auto offer = in.get<journal::Offset>();
        Delivery delivery;
        delivery.line = get_line(in);
        delivery.format = in.get_text();
        delivery.tells_changes = in.get<bool>();
        delivery.rows = in.get<std::uint64_t>();
        delivery.at.us = in.get<std::int64_t>();
        delivery.state = static_cast<DeliveryState>(in.get<std::uint8_t>());
        delivery.result = in.get_text();
        deliveries_.emplace(offer, std::move(delivery));
    }
    return {};
}

void ExportsBook::load_webhooks(ByteReader& in) {
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        std::string organisation(in.get_text());
        std::string url(in.get_text());
        webhooks_.emplace(std::pair(std::move(organisation), std::move(url)), in.get_text());
    }
}

Result<void> ExportsBook::load(ByteReader& in) {
    lines_.clear();
    open_.clear();
    deliveries_.clear();
    webhooks_.clear();
    TRY_VOID(load_lines(in));
    TRY_VOID(load_deliveries(in));
    load_webhooks(in);
    return in.finish("the exports book's state");
}

}  // namespace altis::fans
