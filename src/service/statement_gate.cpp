#include "service/statement_gate.h"

#include "base/assert.h"
#include "platform/process.h"

namespace altis::service {

StatementGate::StatementGate() : worker_(platform::this_program(), kMaxStatementTime) {}

Result<std::shared_ptr<const StatementGate::Place>> StatementGate::enter(
    const std::string& organisation) {
    const std::lock_guard lock(mutex_);
    std::size_t& of_this_one = open_by_organisation_[organisation];
    if (open_ == kMaxOpenStatements || of_this_one == kMaxOpenStatementsOfOne) {
        if (of_this_one == 0) open_by_organisation_.erase(organisation);
        return fail(Code::kOverloaded, "rooms.sql_busy",
                    "too many statements are being computed; try again after the time in "
                    "Retry-After");
    }
    ++open_;
    ++of_this_one;
    return std::make_shared<const Place>(*this, organisation, next_++ % kMaxStatementProcesses);
}

void StatementGate::leave(const std::string& organisation) {
    const std::lock_guard lock(mutex_);
    const auto found = open_by_organisation_.find(organisation);
    ALTIS_ASSERT(found != open_by_organisation_.end());
    if (--found->second == 0) open_by_organisation_.erase(found);
    --open_;
}

}  // namespace altis::service
