#include "cleanroom/question.h"

#include <gtest/gtest.h>

#include "cleanroom/rooms_fixture.h"

namespace altis::cleanroom {
namespace {

using codec::Json;

TEST(Question, IsPreparedWithItsCostBeforeAnythingIsCounted) {
    const Room room = room_of("la-flights");
    const auto prepared = prepare(room, question_of("la-flights"), kSchemas);
    ASSERT_TRUE(prepared) << prepared.error().message;
    EXPECT_EQ(prepared->noise.loss().pure_epsilon, 400'000);
    PrivacyLedger ledger;
    ledger.charge(kCustomers, pure_loss(700'000));
    const Json explained = explain(room, *prepared, ledger);
    const Json& tables = explained["tables"];
    EXPECT_EQ(tables.items()[0]["dataset"].as_string(), "fans");
    EXPECT_TRUE(tables.items()[0]["fits"].as_bool());
    EXPECT_EQ(tables.items()[1]["lifetime_spent_micro_epsilon"].as_int(), 700'000);
    EXPECT_FALSE(tables.items()[1]["fits"].as_bool());
    // 24 cells: three tiers, and who attended, is known on the right and booked; a tier has eight.
    const Json& people = explained["intervals"].items()[0];
    EXPECT_EQ(people["figure"].as_string(), "people");
    EXPECT_EQ(people["cells"].as_int(), 8);
    EXPECT_GT(people["plus_minus"].as_double(), 20);
    EXPECT_LT(people["plus_minus"].as_double(), 60);
}

TEST(Question, IsReadFromARequest) {
    const auto read = [](std::string_view text) {
        return question_from_json(codec::parse_json(text).value());
    };
    const auto question =
        read(R"({"template":"overlap","epsilon_micro":5000,"confidence_percent":"99.9"})");
    ASSERT_TRUE(question);
    EXPECT_EQ(question->confidence, Confidence::k99_9);
    EXPECT_EQ(read(R"({"template":"overlap"})").error().reason, "json.missing");
    EXPECT_EQ(read(R"({"template":"overlap","epsilon_micro":1,"confidence_percent":"90"})")
                  .error()
                  .reason,
              "rooms.parameter_invalid");
}

// What a plan has so many cells of could not be paid for, and must not get as far as that.
TEST(Question, OfMoreCellsThanAnAnswerMayDrawIsRefused) {
    Room room = room_of("la-flights");
    Schema wide = schema_of({"seat", "meal"});
    for (Dimension& dimension : wide.dimensions) {
        dimension.values.clear();
        for (int i = 0; i < 300; ++i)
            dimension.values.push_back("v" + std::to_string(i));
    }
    const std::string text = R"({"id":"wide","version":1,"title":"Wide","tables":["right"],
        "plan":{"inputs":[{"of":"right","required":true}],
                "groups":[{"name":"s","of":"right","column":"seat"},
                          {"name":"m","of":"right","column":"meal"}]},
        "figures":[{"name":"n","kind":"count"}]})";
    room.own_templates = {template_from_json(codec::parse_json(text).value()).value()};
    room.owners[1].columns = {"seat", "meal"};
    const Schema* const schemas[] = {&kFanSchema, &wide};
    Question question = question_of("la-flights");
    question.query_template = "wide";
    question.parameters = Json();
    EXPECT_EQ(prepare(room, question, schemas).error().reason, "rooms.too_many_cells");
    wide.dimensions[1].values.resize(200);
    const auto prepared = prepare(room, question, schemas);
    ASSERT_TRUE(prepared) << prepared.error().message;
    EXPECT_EQ(prepared->noise.loss().pure_epsilon, 400'000);
}

// Whatever names tables have, a column is looked up with its own owner.
TEST(Question, AColumnIsPermittedByItsOwnOwnerAlone) {
    Room room = room_of("la-flights");
    room.owners.push_back({"left.x", {"hotel", "guests"}, 1'000'000, {}});
    room.owners[0].columns.emplace_back("x.booked");
    const std::string text = R"({"id":"other","version":1,"title":"Other","tables":["left.x"],
        "plan":{"inputs":[{"of":"left.x","required":true}],
                "groups":[{"name":"b","of":"left.x","column":"booked"}]},
        "figures":[{"name":"n","kind":"count"}]})";
    room.own_templates = {template_from_json(codec::parse_json(text).value()).value()};
    const Schema* const schemas[] = {&kFanSchema, &kCustomerSchema, &kCustomerSchema};
    Question question = question_of("la-flights");
    question.query_template = "other";
    question.parameters = Json();
    EXPECT_EQ(prepare(room, question, schemas).error().reason, "rooms.column_not_permitted");
}

TEST(Question, SqlIsPermittedByThePolicyAloneAndChangesIt) {
    Room room = room_of("la-flights");
    EXPECT_FALSE(room_from_json(to_json(room))->permits_sql);
    const std::string before = policy_hash(room);
    room.permits_sql = true;
    EXPECT_TRUE(room_from_json(to_json(room))->permits_sql);
    EXPECT_NE(policy_hash(room), before) << "owners approve it";
    Json wrong = to_json(room);
    wrong.set("sql", "yes");
    EXPECT_EQ(room_from_json(wrong).error().reason, "json.wrong_type");
}

// A room whose right table has cities that nobody declared.
TEST(Question, ExplainsWhatNamingCostsWhateverIsInTheData) {
    Room room = room_of("la-flights", 30'000'000);
    room.templates.emplace_back("segment_profile");
    Schema found = kFanSchema;
    found.dimensions[2] = {"tier", Domain::kPrivate, {"gold", "silver"}};
    const Schema* const schemas[] = {&found, &kCustomerSchema};
    Question question = question_of("la-flights", 1'000'000);
    question.query_template = "segment_profile";
    question.parameters = Json::object({{"column", "tier"}});
    const auto explained = [&] {
        const auto prepared = prepare(room, question, schemas);
        EXPECT_TRUE(prepared) << prepared.error().message;
        return explain(room, *prepared, {});
    };
    const Json told = explained();
    EXPECT_EQ(told["naming"]["group"].as_string(), "value");
    EXPECT_EQ(told["naming"]["epsilon_micro"].as_int(), 500'000);
    EXPECT_EQ(told["naming"]["delta_atto"].as_int(), kNamingDelta);
    EXPECT_GT(told["naming"]["least_noisy_persons"].as_int(), 100);
    EXPECT_EQ(told["note"].as_string(), kUnnamedNote);
    EXPECT_GE(told["loss"]["delta_atto"].as_int(), kNamingDelta);
    found.dimensions[2].values = {"bronze"};
    EXPECT_EQ(explained().to_string(), told.to_string());
    EXPECT_FALSE(explain(room, *prepare(room, question, kSchemas), {}).contains("naming"));

    Charge charge;
    charge.plan = prepare(room, question, schemas)->canonical;
    const Json answer = signed_answer(Json::array(), charge, kNow, signer());
    EXPECT_EQ(answer["note"].as_string(), kUnnamedNote);
    EXPECT_TRUE(verify_answer(answer, signer().public_key()));
    EXPECT_NE(answer["receipt"]["mechanism"].as_string().find("naming"), std::string::npos);
}

// An owner's own template is judged by the same policy.
TEST(Question, OwnTemplatesReachNoMoreColumnsThanPermitted) {
    Room room = room_of("la-flights");
    const auto own = template_from_json(codec::parse_json(R"({"id":"sneaky","version":1,
        "title":"Delays","tables":["right"],
        "plan":{"inputs":[{"of":"right","required":true}],
                "groups":[{"name":"d","of":"right","column":"delayed"}]},
        "figures":[{"name":"n","kind":"count","by":["d"]}]})")
                                            .value());
    ASSERT_TRUE(own) << own.error().message;
    room.own_templates = {*own};
    ASSERT_TRUE(check_room(room));
    EXPECT_EQ(*room_from_json(to_json(room)).map([](const Room& r) { return policy_hash(r); }),
              policy_hash(room));
    Question question = question_of("la-flights");
    question.query_template = "sneaky";
    question.parameters = Json();
    EXPECT_EQ(prepare(room, question, kSchemas).error().reason, "rooms.column_not_permitted");
    room.owners[1].columns.emplace_back("delayed");
    EXPECT_TRUE(prepare(room, question, kSchemas));
}

}  // namespace
}  // namespace altis::cleanroom
