#include "service/statement_gate.h"

#include <gtest/gtest.h>
#include <vector>

namespace altis::service {
namespace {

using Places = std::vector<std::shared_ptr<const StatementGate::Place>>;

Places take_all(StatementGate& gate, const std::string& organisation) {
    Places places;
    for (auto place = gate.enter(organisation); place; place = gate.enter(organisation))
        places.push_back(std::move(*place));
    return places;
}

TEST(StatementGate, LeavesPlacesToOtherOrganisations) {
    StatementGate gate;
    const Places first = take_all(gate, "airline");
    EXPECT_EQ(first.size(), kMaxOpenStatementsOfOne);
    EXPECT_TRUE(gate.enter("bank").has_value());
}

TEST(StatementGate, RefusesWhenAllPlacesAreTaken) {
    StatementGate gate;
    std::vector<Places> taken;
    for (std::size_t i = 0; i < kMaxOpenStatements / kMaxOpenStatementsOfOne; ++i)
        taken.push_back(take_all(gate, "organisation-" + std::to_string(i)));
    const auto refused = gate.enter("another");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "rooms.sql_busy");
    EXPECT_EQ(refused.error().code, Code::kOverloaded);
}

TEST(StatementGate, GivesAPlaceBackWhenItIsDone) {
    StatementGate gate;
    for (int round = 0; round < 3; ++round)
        EXPECT_EQ(take_all(gate, "airline").size(), kMaxOpenStatementsOfOne);
}

}  // namespace
}  // namespace altis::service
