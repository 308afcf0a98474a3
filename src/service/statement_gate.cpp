#include "service/statement_gate.h"

#include "platform/process.h"

namespace altis::service {

StatementGate::StatementGate() : worker_(platform::this_program(), kMaxStatementTime) {}

Result<std::shared_ptr<const StatementGate::Place>> StatementGate::enter() {
    if (++open_ > kMaxOpenStatements) {
        --open_;
        return fail(Code::kOverloaded, "rooms.sql_busy",
                    "too many statements are being computed; try again after the time in "
                    "Retry-After");
    }
    return std::make_shared<const Place>(*this, next_++ % kMaxStatementProcesses);
}

}  // namespace altis::service
