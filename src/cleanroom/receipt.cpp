#include "cleanroom/receipt.h"

#include <algorithm>
#include <cmath>

#include "cleanroom/canonical.h"
#include "codec/text.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr double kDigits = 1e6;  // six digits after the point
constexpr int kReceiptVersion = 1;

Json rounded_figure(const Figure& figure) {
    Json json = Json::object({{"value", std::round(figure.value * kDigits) / kDigits},
                              {"low", std::floor(figure.low * kDigits) / kDigits}});
    json.set("high", figure.high ? Json(std::ceil(*figure.high * kDigits) / kDigits) : Json());
    return json;
}

Json count_json(std::int64_t noisy, int cells, const Answer& answer) {
    const Figure figure = count_figure(noisy, cells, answer.question);
    return Json::object({{"value", noisy},
                         {"low", static_cast<std::int64_t>(figure.low)},
                         {"high", static_cast<std::int64_t>(figure.high.value_or(0))}});
}

Json counts_json(const Answer& answer) {
    const Cells& cells = answer.noisy;
    Json counts = Json::object();
    if (answer.overlap_withheld != Withheld::kNo) return counts;
    counts.set("left", count_json(left_people(cells), 5, answer));
    counts.set("matched", count_json(matched_people(cells), 4, answer));
    if (answer.lift_withheld != Withheld::kNo) return counts;
    counts.set("attended", count_json(attended_people(cells), 2, answer));
    counts.set("attended_booked", count_json(at(cells, Cell::kAttendedBooked), 1, answer));
    counts.set("not_attended", count_json(not_attended_people(cells), 2, answer));
    counts.set("not_attended_booked", count_json(at(cells, Cell::kBookedOnly), 1, answer));
    return counts;
}

void withhold(Json& list, std::string_view figure, Withheld why) {
    if (why == Withheld::kNo) return;
    const bool small = why == Withheld::kGroupTooSmall;
    list.push(Json::object(
        {{"figure", figure},
         {"reason", small ? "rooms.group_too_small" : "rooms.too_imprecise"},
         {"message", small ? "A group is below the room's minimum size."
                           : "The noise is as large as a figure; ask with a larger epsilon."}}));
}

tl::unexpected<Error> malformed(std::string_view what) {
    return fail(Code::kInvalid, "receipt.malformed",
                "The receipt has no valid " + std::string(what) + ".");
}

tl::unexpected<Error> forged() {
    return fail(Code::kCorrupt, "receipt.forged",
                "The receipt's signature does not belong to its content and this public key.");
}

Json without(const Json& object, std::string_view name) {
    Json rest = Json::object();
    for (const auto& [key, value] : object.members()) {
        if (key != name) rest.set(key, value);
    }
    return rest;
}

Json data_json(const Charge& charge) {
    Json data = Json::array();
    for (std::size_t i = 0; i < charge.tables.size(); ++i) {
        data.push(Json::object({{"organisation", charge.tables[i].organisation},
                                {"dataset", charge.tables[i].dataset},
                                {"commitment", charge.commitments[i]}}));
    }
    return data;
}

}  // namespace

Json to_json(const Charge& charge) {
    return Json::object({{"charge", charge.number},
                         {"room", charge.room},
                         {"organisation", charge.organisation},
                         {"question", charge.question},
                         {"policy", charge.policy},
                         {"plan", charge.plan},
                         {"tables", data_json(charge)},
                         {"epsilon_micro", charge.epsilon},
                         {"time_us", charge.time.us}});
}

Charge charge_from_json(const Json& json) {
    Charge charge;
    charge.number = static_cast<std::uint64_t>(json["charge"].as_int());
    charge.room = json["room"].as_string();
    charge.organisation = json["organisation"].as_string();
    charge.question = json["question"].as_string();
    charge.policy = json["policy"].as_string();
    charge.plan = json["plan"];
    for (const Json& table : json["tables"].items()) {
        charge.tables.push_back({std::string(table["organisation"].as_string()),
                                 std::string(table["dataset"].as_string())});
        charge.commitments.emplace_back(table["commitment"].as_string());
    }
    charge.epsilon = json["epsilon_micro"].as_int();
    charge.time = {json["time_us"].as_int()};
    return charge;
}

Json figures_json(const Answer& answer, const Charge& charge) {
    Json withheld = Json::array();
    withhold(withheld, "overlap", answer.overlap_withheld);
    withhold(withheld, "lift", answer.lift_withheld);
    const bool overlap = answer.overlap_withheld == Withheld::kNo;
    const bool lift = answer.lift_withheld == Withheld::kNo;
    return Json::object({{"room", charge.room},
                         {"template", charge.plan["template"]},
                         {"overlap", overlap ? rounded_figure(answer.overlap) : Json()},
                         {"lift", lift ? rounded_figure(answer.lift) : Json()},
                         {"counts", counts_json(answer)},
                         {"interval", charge.plan["parameters"]["interval"]},
                         {"confidence_percent", charge.plan["parameters"]["confidence_percent"]},
                         {"epsilon", format_epsilon(charge.epsilon)},
                         {"epsilon_micro", charge.epsilon},
                         {"mechanism", kMechanism},
                         {"trust", charge.plan["trust"].as_string(kTrust)},
                         {"policy", charge.policy},
                         {"withheld", std::move(withheld)}});
}

Json sign_answer(Json figures, const Charge& charge, Time now, const crypto::Signer& signer) {
    const crypto::PublicKey& key = signer.public_key();
    Json receipt = Json::object(
        {{"version", kReceiptVersion},
         {"charge", charge.number},
         {"room", charge.room},
         {"question", charge.question},
         {"plan", charge.plan},
         {"plan_hash", canonical_hash(charge.plan)},
         {"policy_hash", charge.policy},
         {"data", data_json(charge)},
         {"epsilon_micro", charge.epsilon},
         {"mechanism", kMechanism},
         {"trust", charge.plan["trust"].as_string(kTrust)},
         {"time", format_rfc3339(now)},
         {"answer_hash", canonical_hash(figures)},
         {"public_key", codec::to_hex({reinterpret_cast<const char*>(key.data()), key.size()})}});
    const crypto::Signature signature = signer.sign(canonical_json(receipt));
    receipt.set("signature",
                codec::to_hex({reinterpret_cast<const char*>(signature.data()), signature.size()}));
    figures.set("receipt", std::move(receipt));
    return figures;
}

Result<void> verify_receipt(const Json& receipt, const crypto::PublicKey& key) {
    if (!receipt.is_object()) return malformed("form");
    if (receipt["version"].as_int() != kReceiptVersion) return malformed("version");
    const auto bytes = codec::from_hex(receipt["signature"].as_string());
    crypto::Signature signature;
    if (!bytes || bytes->size() != signature.size()) return malformed("signature");
    std::copy(bytes->begin(), bytes->end(), signature.begin());
    const std::string text = canonical_json(without(receipt, "signature"));
    if (!crypto::verify_signature(key, text, signature)) return forged();
    if (receipt["plan_hash"].as_string() != canonical_hash(receipt["plan"])) return forged();
    return {};
}

Result<void> verify_answer(const Json& answer, const crypto::PublicKey& key) {
    const Json& receipt = answer["receipt"];
    TRY_VOID(verify_receipt(receipt, key));
    if (receipt["answer_hash"].as_string() == canonical_hash(without(answer, "receipt"))) return {};
    return fail(Code::kCorrupt, "receipt.forged",
                "The figures are not those of the signed receipt.");
}

Json answer_question(const Charge& charge, const OverlapInput& input, RandomBits& bits, Time now,
                     const crypto::Signer& signer) {
    const Answer answer = evaluate(plan_question(charge.plan), input, bits);
    return sign_answer(figures_json(answer, charge), charge, now, signer);
}

Result<Json> released(std::string_view answer) {
    TRY(Json json, codec::parse_json(answer));
    if (!json["overlap"].is_null()) return json;
    return fail(Code::kDenied, "rooms.group_too_small",
                "A group of the answer is below the room's minimum size; widen the segment. The "
                "privacy cost of the question stays spent.");
}

}  // namespace altis::cleanroom
