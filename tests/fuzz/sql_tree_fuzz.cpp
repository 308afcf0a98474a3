// Fuzzes cleanroom/sql: a syntax tree, as the untrusted worker could give it, is refused or becomes
// a plan within its limits, whose expressions are made of our own words alone.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "cleanroom/sql/jobs.h"
#include "cleanroom/sql/question.h"
#include "cleanroom/sql/test_room.h"
#include "codec/json.h"

namespace {

using namespace altis::cleanroom;

void check_question(const sql::Question& question, std::span<const NamedSchema> room) {
    const std::vector<Schema> schemas = sql::planned_schemas(question, room);
    std::vector<const Schema*> pointers;
    for (const Schema& schema : schemas)
        pointers.push_back(&schema);
    ALTIS_ASSERT(check_plan(question.plan.plan, pointers));
    ALTIS_ASSERT(!question.outputs.empty());
    for (const sql::Computed& computed : question.computed) {
        // Comments and statement ends stand in literals alone.
        bool is_quoted = false;
        for (const char c : computed.sql) {
            if (c == '\'') is_quoted = !is_quoted;
            ALTIS_ASSERT(is_quoted || (c != ';' && c != '"' && c != '$'));
        }
        ALTIS_ASSERT(!is_quoted);
    }
    static_cast<void>(to_json(question, room).to_string());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const sql::TestRoom room = sql::test_room(1);
    const std::vector<NamedSchema> schemas = room.schemas();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto statement = sql::read_statement(text);
    if (statement) {
        const auto question = sql::make_question(*statement, schemas, {});
        if (question) check_question(*question, schemas);
    }
    const std::vector<sql::Job> jobs = {{2, {}, {{"1", altis::warehouse::Type::kText}}},
                                        {1, {}, {{"1", altis::warehouse::Type::kInteger}}}};
    const auto results = sql::read_answer(text, jobs);
    if (results) ALTIS_ASSERT(results->size() == 2 && (*results)[0].texts.size() == 2);
    static_cast<void>(sql::read_request(text));
    return 0;
}
