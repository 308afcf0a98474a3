// Other words for a plan that nobody has got yet.
#include "base/assert.h"
#include "messages/messages_book.h"

namespace altis::messages {

journal::Decision MessagesBook::retell(const Plan& plan) const {
    TRY_VOID(check_plan(plan));
    const auto found = plans_.find(plan_id(plan));
    if (found == plans_.end()) {
        return fail(Code::kNotFound, "messages.plan_unknown",
                    "there is no such plan; plan the message before telling it anew");
    }
    const PlanState& state = found->second;
    if (state.plan == plan) return std::vector<journal::Draft>{};
    if (state.is_finished || !state.keys.empty()) {
        return fail(Code::kConflict, "messages.already_told",
                    "somebody has got the words of the plan '" + found->first + "'");
    }
    Plan retold = state.plan;
    retold.texts = plan.texts;
    retold.readings = plan.readings;
    if (retold != plan) {
        return fail(Code::kConflict, "messages.conflict",
                    "only the words of a plan may change, not what it states");
    }
    return std::vector<journal::Draft>{
        {"messages.retold", plan.edition, kNoSubject, to_json(plan).to_string()}};
}

void MessagesBook::apply_retold(const codec::Json& json) {
    auto plan = plan_from_json(json);
    ALTIS_ASSERT(plan && check_plan(*plan));
    const auto found = plans_.find(plan_id(*plan));
    ALTIS_ASSERT(found != plans_.end() && found->second.keys.empty());
    found->second.plan.texts = std::move(plan->texts);
    found->second.plan.readings = std::move(plan->readings);
}

}  // namespace altis::messages
