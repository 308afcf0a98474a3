#include "cleanroom/receipt.h"

#include <algorithm>

#include "cleanroom/canonical.h"
#include "cleanroom/loss_json.h"
#include "codec/text.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

constexpr int kReceiptVersion = 2;

std::int64_t count_withheld(const Json& figures) {
    return std::ranges::count_if(figures.items(),
                                 [](const Json& figure) { return figure.contains("withheld"); });
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
                         {"loss", to_json(charge.loss)},
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
    charge.loss = loss_from_json(json["loss"]);
    charge.time = {json["time_us"].as_int()};
    return charge;
}

namespace {

Json answer_json(const Json& figures, const Charge& charge) {
    Json answer = Json::object({{"room", charge.room},
                                {"template", charge.plan["template"]},
                                {"figures", figures},
                                {"withheld", count_withheld(figures)},
                                {"epsilon", format_epsilon(charge.epsilon)},
                                {"epsilon_micro", charge.epsilon},
                                {"loss", to_json(charge.loss)},
                                {"confidence_percent", charge.plan["confidence_percent"]},
                                {"mechanism", charge.plan["mechanism"]},
                                {"trust", charge.plan["trust"]},
                                {"policy", charge.policy}});
    if (charge.plan.contains("naming")) answer.set("note", kUnnamedNote);
    return answer;
}

}  // namespace

Json signed_answer(const Json& figures, const Charge& charge, Time now,
                   const crypto::Signer& signer) {
    return with_receipt(answer_json(figures, charge),
                        Json::object({{"charge", charge.number},
                                      {"room", charge.room},
                                      {"question", charge.question},
                                      {"plan", charge.plan},
                                      {"policy_hash", charge.policy},
                                      {"data", data_json(charge)},
                                      {"epsilon_micro", charge.epsilon},
                                      {"loss", to_json(charge.loss)},
                                      {"mechanism", charge.plan["mechanism"]},
                                      {"trust", charge.plan["trust"]},
                                      {"time", format_rfc3339(now)}}),
                        signer);
}

Json with_receipt(Json answer, Json content, const crypto::Signer& signer) {
    const crypto::PublicKey& key = signer.public_key();
    Json receipt = std::move(content);
    receipt.set("version", kReceiptVersion);
    receipt.set("plan_hash", canonical_hash(receipt["plan"]));
    receipt.set("answer_hash", canonical_hash(answer));
    receipt.set("public_key",
                codec::to_hex({reinterpret_cast<const char*>(key.data()), key.size()}));
    const crypto::Signature signature = signer.sign(canonical_json(receipt));
    receipt.set("signature",
                codec::to_hex({reinterpret_cast<const char*>(signature.data()), signature.size()}));
    answer.set("receipt", std::move(receipt));
    return answer;
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

Result<Json> released(std::string_view answer) {
    TRY(Json json, codec::parse_json(answer));
    const auto count = static_cast<std::int64_t>(json["figures"].items().size());
    if (json["withheld"].as_int() < count) return json;
    return fail(
        Code::kDenied, "rooms.group_too_small",
        "Every group of the answer is below the room's minimum size; widen the segment. The "
        "privacy cost of the question stays spent.");
}

}  // namespace altis::cleanroom
