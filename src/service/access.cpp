#include "service/access.h"

namespace altis::service {
namespace {

Result<void> as_result(const rights::Verdict& verdict) {
    if (verdict.allowed) return {};
    return fail(Code::kDenied, "rights." + verdict.rule, verdict.explanation);
}

}  // namespace

std::string edition_of(const Call& call) {
    if (!call.caller.edition.empty()) return call.caller.edition;
    const std::string_view asked = call.request.query_value("edition");
    if (!asked.empty()) return std::string(asked);
    const auto& rights = call.turn.world().rights;
    std::string only;
    for (const auto& [id, edition] : rights.editions()) {
        const auto owner = rights.owner(rights::Category::kFanEngagement, id);
        if (owner != call.caller.organisation) continue;
        if (!only.empty()) return {};
        only = id;
    }
    return only;
}

rights::Access access_of(const Call& call, rights::Category category, rights::Purpose purpose,
                         std::string_view edition) {
    return {
        call.caller.key_id, call.caller.organisation, category, purpose, std::string(edition), {}};
}

Result<void> require_access(const Call& call, const rights::Access& access) {
    return as_result(call.turn.world().rights.decide(access, call.turn.now()));
}

Result<void> require_access_on_record(Call& call, const rights::Access& access,
                                      std::uint64_t people) {
    const auto verdict = call.turn.world().rights.decide(access, call.turn.now());
    call.turn.commit(std::vector{rights::decision_draft(access, verdict, people)});
    return as_result(verdict);
}

Result<void> require_fan_rights(Call& call, SubjectId fan, rights::Purpose purpose) {
    rights::Access access =
        access_of(call, rights::Category::kFanEngagement, purpose, edition_of(call));
    if (fan != kNoSubject) access.subjects = call.turn.world().fans.subjects(fan);
    return require_access_on_record(call, access, 1);
}

Result<void> require_fan_owner(const Call& call) {
    const std::string edition = edition_of(call);
    const auto owner = call.turn.world().rights.owner(rights::Category::kFanEngagement, edition);
    if (!owner.empty() && owner == call.caller.organisation) return {};
    return fail(Code::kDenied, "rights.not_owner",
                "only the owner of the fan data may do this; name its edition with `?edition=`");
}

Result<void> require_statistics(const Call& call) {
    if (is_admin(call.caller)) return {};
    return require_access(call, access_of(call, rights::Category::kFanEngagement,
                                          rights::Purpose::kAnalytics, edition_of(call)));
}

Result<void> require_publisher(const Turn& turn, const rights::Caller& caller,
                               std::string_view edition) {
    if (is_admin(caller)) return {};
    const rights::Access access{caller.key_id,
                                caller.organisation,
                                rights::Category::kResults,
                                rights::Purpose::kPublication,
                                std::string(edition),
                                {}};
    const auto verdict = turn.world().rights.decide(access, turn.now());
    if (verdict.allowed) return {};
    return fail(Code::kDenied, "rights." + verdict.rule, verdict.explanation);
}

results::Personal personal_for(const rights::Caller& caller) {
    return require_scope(caller, "results:personal") ? results::Personal::kShown
                                                     : results::Personal::kHidden;
}

bool is_admin(const rights::Caller& caller) {
    return caller.scopes.contains("admin");
}

}  // namespace altis::service
