// A question to a room, and everything that is known about its answer before anything is counted or
// paid for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cleanroom/plan/plan_json.h"
#include "cleanroom/policy.h"
#include "cleanroom/privacy/intervals.h"
#include "cleanroom/templates/noisy_cells.h"
#include "codec/json.h"

namespace altis::cleanroom {

struct Question {
    std::string room;
    std::string organisation;    // who asks
    std::string query_template;  // an id
    codec::Json parameters;      // of the template
    MicroEpsilon epsilon = 0;
    Confidence confidence = Confidence::k95;
    std::string trust{kTrust};  // under which the caller gathers the rows
};

// Reads {"template", "parameters"?, "epsilon_micro", "confidence_percent"?: "95" or "99.9"}; room
// and organisation are the caller's. Fails with "json.missing", "json.wrong_type" or
// "rooms.parameter_invalid".
Result<Question> question_from_json(const codec::Json& json);

// A question that its room permits. Borrows the room's template.
struct Prepared {
    const QueryTemplate* query = nullptr;
    NamedPlan plan;                      // its tables are indices of the room's owners
    std::vector<const Schema*> schemas;  // by input of the plan
    PlanNoise noise;
    MicroEpsilon epsilon = 0;
    std::int64_t minimum_group = 0;
    Confidence confidence = Confidence::k95;
    // The one canonical form: template, bound plan, figures, epsilon, minimum group, confidence,
    // mechanism, and how groups out of the data are named. Its hash is the receipt's plan hash.
    codec::Json canonical;
};

// Judges a question by the room's policy and the tables' schemas, in the order of the owners; a
// null schema is a table that is not there yet. Nothing depends on rows. Fails with
// "rooms.template_not_approved", "rooms.parameter_*", "rooms.plan_invalid",
// "rooms.dataset_unknown", "rooms.column_not_permitted" (names column and owner),
// "rooms.figure_invalid", "rooms.too_many_cells" or "rooms.epsilon_out_of_range".
Result<Prepared> prepare(const Room& room, const Question& question,
                         std::span<const Schema* const> schemas);

// What questions of every form have in common, for who prepares other ones.
// The "confidence_percent" of a request; fails with "rooms.parameter_invalid".
Result<Confidence> confidence_from(const codec::Json& json);
// Fails with "rooms.epsilon_out_of_range" above what the room permits a question.
Result<void> require_epsilon(const Room& room, MicroEpsilon epsilon);
// Fails with "rooms.column_not_permitted", naming the column and its owner. Tables are indices of
// the room's owners.
Result<void> require_permitted(const Room& room, std::span<const ColumnRead> columns);
// The members that every canonical form has. Needs all other members of `prepared`.
codec::Json canonical_terms(const Room& room, const Prepared& prepared, std::string_view trust);

// The tables whose budgets a question is charged to, each once: what one person can change is
// bounded for all tables of a plan together, so two segments of the same fans pay as one.
std::vector<Table> charged_tables(const Room& room, const Prepared& prepared);

// Counts, adds noise and computes the figures (templates/figures.h): the whole engine, once the
// question is paid for. `tables` by input of the plan, with the schemas that it was prepared with,
// or with the texts of computed columns in the place of as many unknown ones.
codec::Json answer_figures(const Prepared& prepared, Tables tables, RandomBits& bits);

// What a question would cost and how wide intervals would be: {"cells", "loss", "mechanism",
// "tables": [{"as", "organisation", "dataset", "lifetime_spent_micro_epsilon",
// "lifetime_after_micro_epsilon", "budget_micro_epsilon", "fits"}], "intervals": [{"figure",
// "cells", "plus_minus"}]}. `plus_minus` is of counts and sums, in persons and units. Where groups
// come from the data also "note" and "naming": {"group", "epsilon_micro", "delta_atto",
// "groups_per_person", "least_noisy_persons"}. Costs nothing.
codec::Json explain(const Room& room, const Prepared& prepared, const PrivacyLedger& ledger);

}  // namespace altis::cleanroom
