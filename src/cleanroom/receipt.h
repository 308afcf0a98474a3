// Answers as they leave the room, each with a signed receipt that anybody can check offline.
//
// The receipt names the plan, the policy under which it was approved, the commitment to each input
// (data/table_data.h), the privacy cost, the mechanism, the trust mode and the time, and it binds
// the figures by their hash. It is signed with Ed25519 over its canonical JSON without the member
// "signature".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cleanroom/question.h"
#include "codec/json.h"
#include "crypto/sign.h"

namespace altis::cleanroom {

// A question that was paid for: everything the answer will be bound to.
struct Charge {
    std::uint64_t number = 0;  // counted from 1 per installation
    std::string room;
    std::string organisation;              // who asked first
    std::string question;                  // canonical hash of policy, plan and commitments
    std::string policy;                    // policy hash at the time of asking
    codec::Json plan;                      // Prepared::canonical
    std::vector<Table> tables;             // whose budget pays, by input of the plan
    std::vector<std::string> commitments;  // hex, one per table
    MicroEpsilon epsilon = 0;
    PrivacyLoss loss;  // charged to each table
    Time time;
};

codec::Json to_json(const Charge& charge);

// Reads what `to_json` wrote, and nothing else.
Charge charge_from_json(const codec::Json& json);

// {room, template, figures, withheld, epsilon, epsilon_micro, loss, confidence_percent, mechanism,
// trust, policy, receipt} of figures (figures.h), signed. `withheld` counts those that are not
// shown; where groups come from the data, "note" says that some may not be named.
codec::Json signed_answer(const codec::Json& figures, const Charge& charge, Time now,
                          const crypto::Signer& signer);

// The answer with a signed receipt: `content` has what is particular about it, among it "plan", and
// gets "version", "plan_hash", "answer_hash", "public_key" and "signature".
codec::Json with_receipt(codec::Json answer, codec::Json content, const crypto::Signer& signer);

// Checks a receipt alone. Fails with "receipt.malformed" or "receipt.forged".
Result<void> verify_receipt(const codec::Json& receipt, const crypto::PublicKey& key);

// Checks an answer's receipt and that its figures are those that were signed.
Result<void> verify_answer(const codec::Json& answer, const crypto::PublicKey& key);

// A stored or new answer as the asker may have it. Fails with "rooms.group_too_small" when
// everything was withheld; decided on noisy counts, so that the refusal tells nothing that was not
// paid for.
Result<codec::Json> released(std::string_view answer);

}  // namespace altis::cleanroom
