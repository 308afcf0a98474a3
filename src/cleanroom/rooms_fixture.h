// What tests of rooms share: a room of a rights holder and an airline, the schemas of its tables,
// and a book that is asked as a route asks it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cleanroom/rooms_book.h"
#include "cleanroom/test_records.h"

namespace altis::cleanroom {

inline const Table kFans{"rights-holder", "fans"};
inline const Table kCustomers{"airline", "customers"};
constexpr Time kNow{1'000'000};
constexpr Time kUntil{9'000'000};
inline const std::vector<std::string> kData = {"aa", "bb"};
inline const crypto::Signer& signer() {
    static const crypto::Signer kSigner(crypto::Digest{5});
    return kSigner;
}

inline Schema schema_of(std::vector<std::string> columns) {
    Schema schema;
    schema.key_column = "email";
    for (std::string& column : columns)
        schema.dimensions.push_back({std::move(column), Domain::kPublic, {"yes", "no"}});
    return schema;
}
inline const Schema kFanSchema = schema_of({"attended.volleyball", "attended.judo", "tier"});
inline const Schema kCustomerSchema = schema_of({"booked", "delayed"});
inline const Schema* const kSchemas[] = {&kFanSchema, &kCustomerSchema};

inline Room room_of(std::string id, MicroEpsilon budget = 1'000'000) {
    Room room;
    room.id = std::move(id);
    room.owners = {{"left",
                    {"rights-holder", "segment:high-value-volleyball-la"},
                    budget,
                    {"attended.volleyball", "attended.judo", "tier"}},
                   {"right", kCustomers, budget, {"booked"}}};
    room.templates = {"overlap_and_lift", "overlap"};
    room.edition = "owg2026";
    room.purpose = "clean_room";
    room.minimum_group = 50;
    room.askers = room.receivers = {"airline"};
    room.until = kUntil;
    return room;
}

inline codec::Json is_yes(std::string_view column) {
    return codec::Json::array(
        {codec::Json::object({{"column", column}, {"is", codec::Json::array({"yes"})}})});
}

inline Question question_of(std::string room, MicroEpsilon epsilon = 400'000) {
    const codec::Json parameters = codec::Json::object({{"segment", "tier"},
                                                        {"exposed", is_yes("attended.volleyball")},
                                                        {"acted", is_yes("booked")}});
    return {std::move(room), "airline", "overlap_and_lift", parameters, epsilon};
}

struct Live : Replayed<RoomsBook> {
    void run(const std::string& id, MicroEpsilon budget = 1'000'000) {
        commit(book.propose(room_of(id, budget), "airline", kNow).value());
        commit(book.approve(id, "rights-holder", kNow).value());
        commit(book.approve(id, "airline", kNow).value());
    }
    // As a route asks.
    Result<Asked> ask(const Question& question, const std::vector<std::string>& data = kData,
                      Time at = kNow) const {
        TRY(const RoomEntry* entry, book.askable(question.room, question.organisation, at));
        TRY(const Prepared prepared, prepare(entry->room, question, kSchemas));
        return book.ask(*entry, question, prepared, data, at);
    }
    std::string refusal(const Question& question, Time at = kNow) const {
        const auto asked = ask(question, kData, at);
        return asked ? "" : asked.error().reason;
    }
    std::string message(const Question& question) const { return ask(question).error().message; }
    std::uint64_t pay(const Question& question) {
        const Asked asked = ask(question).value();
        commit(asked.drafts);
        return asked.charge.number;
    }
    RoomState state(const std::string& id, Time at = kNow) const {
        return RoomsBook::state(*book.room(id), at);
    }
};

}  // namespace altis::cleanroom
