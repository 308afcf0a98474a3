// Analysts' SQL in clean rooms: read by a confined process, judged by the policy, paid for like a
// template's question, computed by another such process.
#include <memory>
#include <utility>

#include "cleanroom/sql/room_question.h"
#include "service/api.h"
#include "service/rooms_flow.h"
#include "service/statement_gate.h"

namespace altis::service {
namespace {

using codec::Json;
using server::Method;
using server::Request;
using server::Responder;
namespace sql = cleanroom::sql;

// A statement on its way. Its place at the gate is given back when all are done with it.
class StatementForm final : public QuestionForm {
  public:
    StatementForm(sql::Asked asked, std::shared_ptr<const StatementGate::Place> place)
        : asked_(std::move(asked)), place_(std::move(place)) {}

    // On the place's thread: the text becomes a tree, in a process that knows no table.
    Result<void> read() {
        TRY(const std::string tree, place_->worker().tree(asked_.statement));
        TRY(statement_, sql::read_statement(tree));
        return {};
    }

    Result<cleanroom::Prepared> prepare(
        const cleanroom::Room& room, std::string_view trust,
        std::span<const cleanroom::Schema* const> schemas) override {
        TRY(sql_, sql::prepare_sql(room, statement_, asked_, trust, schemas));
        return sql_.prepared;
    }
    void run(std::function<void()> job) override { place_->post(std::move(job)); }
    Result<Json> figures(const cleanroom::Prepared&, cleanroom::Tables tables,
                         cleanroom::RandomBits& bits) const override {
        return sql::answer_sql(sql_, tables, bits, place_->worker());
    }
    Json shown(const Json& answer) const override {
        Json table = sql::table_of(sql_.question, answer);
        table.set("answer", answer);
        return table;
    }

  private:
    sql::Asked asked_;
    std::shared_ptr<const StatementGate::Place> place_;
    sql::Statement statement_;
    sql::PreparedSql sql_;
};

// A request with a statement, between threads.
struct Statement {
    Services& services;
    Request request;
    std::shared_ptr<const rights::Caller> caller;
    Responder respond;
    std::shared_ptr<StatementForm> form{};

    std::string room() const { return std::string(request.parameter("id")); }
};
using Shared = std::shared_ptr<Statement>;

// What is done with a statement that was read; core thread.
using Use = Result<void> (*)(Call&, const Shared&);

Result<void> ask(Call& call, const Shared& statement) {
    return ask_room(call, statement->services, statement->room(), statement->form,
                    statement->respond);
}

Result<void> explain(Call& call, const Shared& statement) {
    TRY(const Json explained,
        explain_question(call, statement->services, statement->room(), *statement->form));
    respond_when_durable(call.turn, statement->respond, server::json_response(200, explained));
    return {};
}

// Runs on the core thread; a failure is the answer.
void on_core(const Shared& statement, Use step) {
    statement->services.core.post(
        TaskKind::kWrite,
        [statement, step](Turn& turn) {
            Call call{turn, *statement->caller, statement->request};
            const auto done = step(call, statement);
            if (!done) {
                respond_when_durable(turn, statement->respond, server::problem(done.error()));
            }
        },
        [statement](const Error& error) { statement->respond(server::problem(error)); });
}

void read(const Shared& statement, Use use) {
    const auto done = statement->form->read();
    if (!done) return statement->respond(server::problem(done.error()));
    on_core(statement, use);
}

// Who may not ask here starts no process.
template <Use use>
Result<void> admit(Call& call, const Shared& statement) {
    const World& world = call.turn.world();
    TRY(const auto* entry,
        world.rooms.askable(statement->room(), call.caller.organisation, call.turn.now()));
    TRY_VOID(sql::require_sql(entry->room));
    TRY(const Json body, json_body(statement->request));
    TRY(sql::Asked asked, sql::asked_from_json(body));
    TRY(const auto place, statement->services.statements.enter(call.caller.organisation));
    statement->form = std::make_shared<StatementForm>(std::move(asked), place);
    place->post([statement] { read(statement, use); });
    return {};
}

void add(server::Router& router, Services& services, Method method, std::string_view pattern,
         std::string_view scope, Use first) {
    router.add(
        method, pattern, [&services, scope, first](Request&& request, const Responder& respond) {
            with_caller(services, std::move(request), scope, respond,
                        [&services, respond, first](Request&& known, auto caller) {
                            on_core(std::make_shared<Statement>(Statement{
                                        services, std::move(known), std::move(caller), respond}),
                                    first);
                        });
        });
}

}  // namespace

void add_sql_routes(server::Router& router, Services& services) {
    add(router, services, Method::kPost, "/v1/rooms/{id}/sql", "rooms", admit<ask>);
    add(router, services, Method::kPost, "/v1/rooms/{id}/sql/explanations", "rooms",
        admit<explain>);
}

}  // namespace altis::service
