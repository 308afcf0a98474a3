// What the JSON of a version of a unit is made of. Each member is named here once; whatever writes
// it (records.cpp) or reads it visits these descriptions, in the order in which it is written:
//   always(key, text)             a text that is written even when it is empty
//   text, number, flag, items     left out when they say nothing: empty, zero, false
//   personal(key, text)           a text that says something personal (personal.h)
//   type, status, version, extras of those types
#pragma once

#include <concepts>
#include <type_traits>

#include "results/model.h"
#include "results/records.h"

namespace altis::results {

// T as it is, to be read, or constant, to be written.
template <class T, class Described>
concept Describes = std::same_as<std::remove_const_t<T>, Described>;

template <class Visitor, Describes<Member> T>
void visit(Visitor& visitor, T& member) {
    visitor.always("code", member.code);
    visitor.text("given_name", member.given_name);
    visitor.text("family_name", member.family_name);
    visitor.text("organisation", member.organisation);
    visitor.text("gender", member.gender);
    visitor.personal("birth_date", member.birth_date);
    visitor.text("federation_id", member.federation_id);
}

template <class Visitor, Describes<ExtendedValue> T>
void visit(Visitor& visitor, T& value) {
    visitor.always("type", value.type);
    visitor.always("code", value.code);
    visitor.text("pos", value.pos);
    visitor.text("value", value.value);
    visitor.text("value2", value.value2);
    visitor.number("rank", value.rank);
    visitor.flag("rank_equal", value.rank_equal);
    visitor.number("sort_order", value.sort_order);
    visitor.text("diff", value.diff);
}

template <class Visitor, Describes<Warning> T>
void visit(Visitor& visitor, T& warning) {
    visitor.always("name", warning.name);
    visitor.always("detail", warning.detail);
}

template <class Visitor, Describes<ResultLine> T>
void visit(Visitor& visitor, T& line) {
    visitor.always("competitor", line.competitor.code);
    visitor.type("type", line.competitor.type);
    visitor.text("organisation", line.competitor.organisation);
    visitor.text("name", line.competitor.name);
    visitor.text("bib", line.competitor.bib);
    visitor.items("members", line.competitor.members);
    visitor.number("rank", line.rank);
    visitor.flag("rank_equal", line.rank_equal);
    visitor.text("result", line.result);
    visitor.text("result_type", line.result_type);
    visitor.number("sort_order", line.sort_order);
    visitor.text("irm", line.irm);
    visitor.text("diff", line.diff);
    visitor.number("start_order", line.start_order);
    visitor.items("extended", line.extended);
    visitor.text("qualification", line.qualification);
    visitor.text("outcome", line.outcome);
    visitor.extras("extras", line.extras);
}

template <class Visitor, Describes<Publication> T>
void visit(Visitor& visitor, T& publication) {
    visitor.always("unit", publication.unit);
    visitor.always("edition", publication.edition);
    visitor.version("version", publication.version);
    visitor.status("status", publication.status);
    visitor.text("source", publication.source);
    visitor.text("written", publication.written);
    visitor.text("logical_date", publication.logical_date);
    visitor.text("note", publication.note);
    visitor.items("lines", publication.lines);
    visitor.items("warnings", publication.warnings);
    visitor.extras("extras", publication.extras);
}

}  // namespace altis::results
