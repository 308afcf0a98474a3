// A question in a clean room: judged, paid for, and answered when that is durable.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cleanroom/rooms_book.h"
#include "service/api.h"

namespace altis::service {

// A column that its owner declared, or imported under, as one for "never" is in no policy. Fails
// with "rooms.column_never".
Result<void> check_columns(const World& world, const cleanroom::Room& room);

// A form of question to a room, on its way through turns and threads; one step at a time.
class QuestionForm {
  public:
    virtual ~QuestionForm() = default;

    // Core thread: judges it by the policy and the schemas, by owner (null: not imported yet). What
    // it gives may borrow from the form and the room.
    virtual Result<cleanroom::Prepared> prepare(
        const cleanroom::Room& room, std::string_view trust,
        std::span<const cleanroom::Schema* const> schemas) = 0;

    // Runs a job on a thread that may take its time.
    virtual void run(std::function<void()> job) = 0;

    // On that thread: the figures, of tables by owner; null ones are not read by the question.
    virtual Result<codec::Json> figures(const cleanroom::Prepared& prepared,
                                        cleanroom::Tables tables,
                                        cleanroom::RandomBits& bits) const = 0;

    // What is handed out for a signed answer.
    virtual codec::Json shown(const codec::Json& answer) const { return answer; }
};

// Asks, charges, computes, and answers. Whatever follows upon looking at rows, answers and
// failures alike, leaves at the end of its latency class. Fails like RoomsBook::askable,
// check_columns, Treasuries::table and prepare, with "rooms.mixed_trust" or "rooms.keys_differ";
// and answers with failures of RoomsBook::ask, with "rights.<rule>" or "rooms.group_too_small".
Result<void> ask_room(Call& call, Services& services, const std::string& room,
                      std::shared_ptr<QuestionForm> form, const server::Responder& respond);

// The same for a question by a template, computed on the background thread.
Result<void> ask_room(Call& call, Services& services, const cleanroom::Question& question,
                      const server::Responder& respond);

// What a question of any form would cost, and whether it fits in the budgets that are left.
Result<codec::Json> explain_question(Call& call, const Services& services, const std::string& room,
                                     QuestionForm& form);

// What each question would cost were they asked one after the other, and which of them fit in the
// budgets that are left; nothing is charged. Fails with the first question that the room refuses.
Result<codec::Json> explain_questions(Call& call, const Services& services,
                                      const std::vector<cleanroom::Question>& questions);

// What the approval of a room's owner gives to the other receivers: a grant for clean-room use of
// fan data that ends with the room. Empty when the owner owns no fan data in that edition.
std::vector<rights::Grant> grants_of(const World& world, const cleanroom::Room& room,
                                     std::string_view owner);

}  // namespace altis::service
