// A room as an attacker meets it, for the test and the benchmark of attacks: small tables of which
// all is known but one secret, asked by the very path that answers take, or by an engine that does
// what others do.
#pragma once

#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cleanroom/privacy/test_bits.h"
#include "cleanroom/rooms_book.h"
#include "cleanroom/templates/figures.h"
#include "cleanroom/test_records.h"
#include "codec/text.h"

namespace altis::cleanroom::attacks {

constexpr std::size_t kPeople = 120;  // of the left table; person 0 is the target
constexpr std::size_t kCustomers = 90;
constexpr std::int64_t kSmallestShown = 10;
constexpr MicroEpsilon kLifetime = 1'000'000;
constexpr Time kNow{1'000'000};

inline Tag tag_of_person(std::size_t person) {
    Tag tag{};
    tag[0] = static_cast<std::uint8_t>(person >> 8);
    tag[1] = static_cast<std::uint8_t>(person);
    return tag;
}

inline Dimension values_of(std::string name, std::string_view prefix, std::size_t count) {
    Dimension dimension{std::move(name), Domain::kPublic, {}};
    for (std::size_t i = 0; i < count; ++i)
        dimension.values.push_back(std::string(prefix) + std::to_string(i));
    return dimension;
}

// What the rights holder and the airline bring.
struct Town {
    TableData left;
    TableData right;
};

inline Schema left_schema() {
    Schema schema;
    schema.key_column = "email";
    schema.dimensions = {values_of("tier", "t", 4), values_of("home", "h", 6),
                         values_of("seat", "s", kPeople)};
    return schema;
}

inline Schema right_schema() {
    Schema schema;
    schema.key_column = "email";
    schema.dimensions = {values_of("booked", "b", 2), values_of("cabin", "c", 3)};
    return schema;
}

// The left table of those persons; who they are follows from their number.
inline TableData left_of(const std::vector<std::size_t>& persons) {
    TableBuilder left(left_schema());
    for (const std::size_t i : persons) {
        const std::array<std::uint16_t, 3> codes = {static_cast<std::uint16_t>(i * 7 % 4),
                                                    static_cast<std::uint16_t>(i * 5 % 6),
                                                    static_cast<std::uint16_t>(i)};
        left.add(tag_of_person(i), {codes, {}, {}});
    }
    return std::move(left).finish();
}

// Of the first persons, those that `members` says are in the right table; behind them every other
// one is.
inline TableData right_of(const std::vector<bool>& members) {
    TableBuilder right(right_schema());
    for (std::size_t i = 0; i < 2 * kCustomers; ++i) {
        if (i < members.size() ? !members[i] : i % 2 == 0) continue;
        const std::array<std::uint16_t, 2> codes = {static_cast<std::uint16_t>(i / 2 % 2),
                                                    static_cast<std::uint16_t>(i % 3)};
        right.add(tag_of_person(i), {codes, {}, {}});
    }
    return std::move(right).finish();
}

inline std::vector<std::size_t> all_people() {
    std::vector<std::size_t> people(kPeople);
    for (std::size_t i = 0; i < kPeople; ++i)
        people[i] = i;
    return people;
}

// Of the first persons, who is a customer.
inline const Town& town_of(const std::vector<bool>& members) {
    static std::map<std::vector<bool>, Town> made;
    const auto found = made.find(members);
    if (found != made.end()) return found->second;
    return made.emplace(members, Town{left_of(all_people()), right_of(members)}).first->second;
}

// What owners approve who do not see an attack coming: every count by itself, so that whoever asks
// can put together what any figure would tell.
inline const QueryTemplate& cells_template() {
    constexpr std::string_view kText = R"({"id":"cells","version":1,"title":"Who is a customer",
        "tables":["left","right"],
        "parameters":[{"name":"left_where","kind":"conditions","default":[]},
                      {"name":"right_where","kind":"conditions","default":[]}],
        "plan":{"inputs":[{"of":"left","where":"$left_where","required":true},
                          {"of":"right","where":"$right_where"}],
                "groups":[{"name":"matched","of":"right"}]},
        "figures":[{"name":"cell","kind":"count","by":["matched"]}]})";
    static const QueryTemplate query = template_from_json(codec::parse_json(kText).value()).value();
    return query;
}

inline Room attacked_room(std::string id, std::string asker) {
    Room room;
    room.id = std::move(id);
    room.owners = {{"left", {"rights-holder", "members"}, kLifetime, {"tier", "home", "seat"}},
                   {"right", {"airline", "customers"}, kLifetime, {"booked", "cabin"}}};
    room.own_templates = {cells_template()};
    room.edition = "owg2026";
    room.purpose = "clean_room";
    room.minimum_group = kSmallestShown;
    room.askers = room.receivers = {std::move(asker)};
    room.until = Time{9'000'000};
    return room;
}

// What comes back for a question.
struct Reply {
    codec::Json figures;       // null when there are none
    std::string refusal;       // the reason then
    std::uint64_t charge = 0;  // equal for answers that were paid for once
};

class Engine {
  public:
    virtual ~Engine() = default;
    virtual Reply ask(const Question& question) = 0;
    // The owner imports other rows.
    virtual void bring(TableData left) = 0;
    virtual bool is_exact() const = 0;
    // Where askers bring their questions: one room each.
    virtual Question question(std::size_t asker, codec::Json parameters, MicroEpsilon epsilon) {
        return {"room-" + std::to_string(asker), "asker-" + std::to_string(asker), "cells",
                std::move(parameters), epsilon};
    }
};

// The path of the product: book, policy, charge, count, noise, figures, receipt, answer.
class RoomEngine final : public Engine {
  public:
    RoomEngine(Town town, std::size_t askers, SeededBits& seeds)
        : town_(std::move(town)), seeds_(seeds) {
        for (std::size_t i = 0; i < askers; ++i) {
            const Room room =
                attacked_room("room-" + std::to_string(i), "asker-" + std::to_string(i));
            live_.commit(live_.book.propose(room, "airline", kNow).value());
            live_.commit(live_.book.approve(room.id, "airline", kNow).value());
            live_.commit(live_.book.approve(room.id, "rights-holder", kNow).value());
        }
        commit_to_tables();
    }

    void bring(TableData left) override {
        town_.left = std::move(left);
        commit_to_tables();
    }
    bool is_exact() const override { return false; }

    Reply ask(const Question& question) override {
        const std::array<const Schema*, 2> schemas = {&town_.left.schema, &town_.right.schema};
        const auto entry = live_.book.askable(question.room, question.organisation, kNow);
        if (!entry) return refused(entry.error(), 0);
        const auto prepared = prepare((*entry)->room, question, schemas);
        if (!prepared) return refused(prepared.error(), 0);
        auto asked = live_.book.ask(**entry, question, *prepared, commitments_, kNow);
        if (!asked) return refused(asked.error(), 0);
        const std::uint64_t charge = asked->charge.number;
        if (asked->stored) return handed_out(*asked->stored, charge);
        live_.commit(asked->drafts);
        const codec::Json answer = signed_answer(compute(*prepared), asked->charge, kNow, signer());
        live_.commit(live_.book.answered(charge, answer).value());
        return handed_out(answer.to_string(), charge);
    }

    const RoomsBook& book() const { return live_.book; }

  private:
    static const crypto::Signer& signer() {
        static const crypto::Signer kSigner(crypto::Digest{5});
        return kSigner;
    }

    static Reply refused(const Error& error, std::uint64_t charge) {
        return {{}, error.reason, charge};
    }

    static Reply handed_out(std::string_view stored, std::uint64_t charge) {
        const auto answer = released(stored);
        if (!answer) return refused(answer.error(), charge);
        return {(*answer)["figures"], {}, charge};
    }

    codec::Json compute(const Prepared& prepared) {
        crypto::StreamSeed seed;
        std::array<std::uint64_t, sizeof(seed) / sizeof(std::uint64_t)> words;
        seeds_.fill(words);
        std::memcpy(seed.data(), words.data(), seed.size());
        AnswerBits bits(seed);
        const std::array<const TableData*, 2> tables = {&town_.left, &town_.right};
        return answer_figures(prepared, tables, bits);
    }

    void commit_to_tables() {
        commitments_.clear();
        for (const TableData* const table : {&town_.left, &town_.right})
            commitments_.push_back(codec::to_hex(crypto::as_text(commitment(*table))));
    }

    Replayed<RoomsBook> live_;
    Town town_;
    std::vector<std::string> commitments_;
    SeededBits& seeds_;
};

// What others do: exact counts of any number of questions, groups below the minimum suppressed.
class ThresholdEngine final : public Engine {
  public:
    explicit ThresholdEngine(Town town) : town_(std::move(town)) {}

    void bring(TableData left) override { town_.left = std::move(left); }
    bool is_exact() const override { return true; }

    Reply ask(const Question& question) override {
        const std::array<const Schema*, 2> schemas = {&town_.left.schema, &town_.right.schema};
        const Room room = attacked_room(question.room, question.organisation);
        const auto prepared = prepare(room, question, schemas);
        if (!prepared) return {{}, prepared.error().reason, 0};
        const std::array<const TableData*, 2> tables = {&town_.left, &town_.right};
        const Plan& plan = prepared->plan.plan;
        Exact exact = count(plan, tables);
        const NoisyCells shown{std::move(exact.persons), std::move(exact.sums)};
        const codec::Json figures =
            figures_json(prepared->query->figures,
                         {{plan, prepared->schemas, prepared->noise}, shown, kSmallestShown});
        return {figures, {}, ++asked_};
    }

  private:
    Town town_;
    std::uint64_t asked_ = 0;
};

// The same mechanism with a budget for each consumer, as some meter it.
class BudgetEachEngine final : public Engine {
  public:
    BudgetEachEngine(const Town& town, std::size_t askers, SeededBits& seeds) {
        for (std::size_t i = 0; i < askers; ++i)  // one room of each is asked
            engines_.push_back(std::make_unique<RoomEngine>(town, askers, seeds));
    }
    void bring(TableData left) override {
        for (const auto& engine : engines_)
            engine->bring(left);
    }
    bool is_exact() const override { return false; }
    Reply ask(const Question& question) override {
        const std::size_t asker = question.room.back() - '0';
        Reply reply = engines_[asker]->ask(question);
        if (reply.charge != 0) reply.charge += 1'000 * (asker + 1);
        return reply;
    }

  private:
    std::vector<std::unique_ptr<RoomEngine>> engines_;
};

}  // namespace altis::cleanroom::attacks
