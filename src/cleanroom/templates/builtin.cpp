// The templates of Altis, in the form in which owners write theirs.
#include "base/assert.h"
#include "cleanroom/templates/query_template.h"

namespace altis::cleanroom {
namespace {

// Each stands alone, so that it can be read, and copied by an owner who wants a little more.
constexpr std::string_view kTemplates[] = {
    R"({"id": "attribution", "version": 1,
        "title": "Which channel of the left owner was the last before people acted on the right",
        "tables": ["left", "right"],
        "parameters": [
            {"name": "channel", "kind": "column"}, {"name": "seen_at", "kind": "column"},
            {"name": "acted_at", "kind": "column"}, {"name": "amount", "kind": "column"},
            {"name": "within_days", "kind": "whole", "low": 1, "high": 400, "default": 7},
            {"name": "touches", "kind": "whole", "low": 1, "high": 1000, "default": 50},
            {"name": "actions", "kind": "whole", "low": 1, "high": 1000, "default": 20},
            {"name": "left_where", "kind": "conditions", "default": []},
            {"name": "right_where", "kind": "conditions", "default": []}],
        "plan": {
            "inputs": [
                {"of": "left", "rows_per_person": "$touches", "where": "$left_where"},
                {"of": "right", "rows_per_person": "$actions", "where": "$right_where",
                 "required": true}],
            "groups": [
                {"name": "channel", "of": "left", "column": "$channel",
                 "touch": {"at": "$seen_at", "before": "right", "before_at": "$acted_at",
                           "within_days": "$within_days"}}],
            "sums": [{"name": "amount", "of": "right", "column": "$amount"}]},
        "figures": [
            {"name": "people", "kind": "count", "by": ["channel"]},
            {"name": "share", "kind": "distribution", "by": ["channel"]},
            {"name": "amount", "kind": "sum", "sum": "amount", "by": ["channel"]},
            {"name": "mean_amount", "kind": "mean", "sum": "amount", "by": ["channel"]}]})",
    R"({"id": "lift", "version": 1,
        "title": "How much more often those act on the right who were exposed on the left",
        "tables": ["left", "right"],
        "parameters": [
            {"name": "exposed", "kind": "conditions"}, {"name": "acted", "kind": "conditions"},
            {"name": "left_where", "kind": "conditions", "default": []},
            {"name": "right_where", "kind": "conditions", "default": []}],
        "plan": {
            "inputs": [{"of": "left", "where": "$left_where", "required": true},
                       {"of": "right", "where": "$right_where", "required": true}],
            "groups": [{"name": "exposed", "of": "left", "present": "$exposed"},
                       {"name": "acted", "of": "right", "present": "$acted"}]},
        "figures": [
            {"name": "people", "kind": "count"},
            {"name": "acted", "kind": "share", "where": {"acted": ["yes"]}},
            {"name": "acted_exposed", "kind": "share", "where": {"acted": ["yes"]},
             "among": {"exposed": ["yes"]}},
            {"name": "acted_others", "kind": "share", "where": {"acted": ["yes"]},
             "among": {"exposed": ["no"]}},
            {"name": "lift", "kind": "lift", "where": {"acted": ["yes"]},
             "exposed": {"exposed": ["yes"]}}]})",
    R"({"id": "lookalike", "version": 2,
        "title": "Which groups of the left owner resemble those whom the right owner knows, too",
        "tables": ["left", "right"],
        "parameters": [
            {"name": "column", "kind": "column"},
            {"name": "left_where", "kind": "conditions", "default": []},
            {"name": "right_where", "kind": "conditions", "default": []}],
        "plan": {
            "inputs": [{"of": "left", "where": "$left_where", "required": true},
                       {"of": "right", "where": "$right_where"}],
            "groups": [{"name": "group", "of": "left", "column": "$column"},
                       {"name": "matched", "of": "right"}]},
        "figures": [
            {"name": "score", "kind": "score", "where": {"matched": ["yes"]}, "by": ["group"]},
            {"name": "rate", "kind": "share", "where": {"matched": ["yes"]}, "by": ["group"]},
            {"name": "rate_all", "kind": "share", "where": {"matched": ["yes"]}},
            {"name": "audience", "kind": "count", "where": {"matched": ["no"]},
             "by": ["group"]}]})",
    R"({"id": "overlap", "version": 1,
        "title": "How many of the left owner's people the right owner knows, too",
        "tables": ["left", "right"],
        "parameters": [{"name": "left_where", "kind": "conditions", "default": []},
                       {"name": "right_where", "kind": "conditions", "default": []}],
        "plan": {
            "inputs": [{"of": "left", "where": "$left_where", "required": true},
                       {"of": "right", "where": "$right_where"}],
            "groups": [{"name": "matched", "of": "right"}]},
        "figures": [
            {"name": "people", "kind": "count"},
            {"name": "matched", "kind": "count", "where": {"matched": ["yes"]}},
            {"name": "overlap", "kind": "share", "where": {"matched": ["yes"]}}]})",
    R"({"id": "overlap_and_lift", "version": 2,
        "title": "Overlap, and how much more often those act who were exposed, by segment",
        "tables": ["left", "right"],
        "parameters": [
            {"name": "segment", "kind": "column"},
            {"name": "exposed", "kind": "conditions"}, {"name": "acted", "kind": "conditions"},
            {"name": "left_where", "kind": "conditions", "default": []},
            {"name": "right_where", "kind": "conditions", "default": []}],
        "plan": {
            "inputs": [{"of": "left", "where": "$left_where", "required": true},
                       {"of": "right", "where": "$right_where"}],
            "groups": [{"name": "segment", "of": "left", "column": "$segment"},
                       {"name": "exposed", "of": "left", "present": "$exposed"},
                       {"name": "matched", "of": "right"},
                       {"name": "acted", "of": "right", "present": "$acted"}]},
        "figures": [
            {"name": "people", "kind": "count", "by": ["segment"]},
            {"name": "overlap", "kind": "share", "where": {"matched": ["yes"]}},
            {"name": "overlap_by_segment", "kind": "share", "where": {"matched": ["yes"]},
             "by": ["segment"]},
            {"name": "lift", "kind": "lift", "where": {"acted": ["yes"]},
             "exposed": {"exposed": ["yes"]}, "among": {"matched": ["yes"]}},
            {"name": "lift_by_segment", "kind": "lift", "where": {"acted": ["yes"]},
             "exposed": {"exposed": ["yes"]}, "among": {"matched": ["yes"]}, "by": ["segment"]}]})",
    R"({"id": "overlap_by_segment", "version": 1,
        "title": "Of each group of the left owner, how many the right owner knows, too",
        "tables": ["left", "right"],
        "parameters": [
            {"name": "segment", "kind": "column"},
            {"name": "left_where", "kind": "conditions", "default": []},
            {"name": "right_where", "kind": "conditions", "default": []}],
        "plan": {
            "inputs": [{"of": "left", "where": "$left_where", "required": true},
                       {"of": "right", "where": "$right_where"}],
            "groups": [{"name": "segment", "of": "left", "column": "$segment"},
                       {"name": "matched", "of": "right"}]},
        "figures": [
            {"name": "people", "kind": "count", "by": ["segment"]},
            {"name": "matched", "kind": "count", "where": {"matched": ["yes"]}, "by": ["segment"]},
            {"name": "overlap", "kind": "share", "where": {"matched": ["yes"]}, "by": ["segment"]},
            {"name": "overlap_all", "kind": "share", "where": {"matched": ["yes"]}}]})",
    R"({"id": "reach_and_frequency", "version": 2,
        "title": "How many of the right owner's people the left owner reached, and how often",
        "tables": ["left", "right"],
        "parameters": [
            {"name": "up_to", "kind": "whole", "low": 1, "high": 100, "default": 10},
            {"name": "seen", "kind": "conditions", "default": []},
            {"name": "rows", "kind": "whole", "low": 1, "high": 1000, "default": 100},
            {"name": "right_where", "kind": "conditions", "default": []}],
        "plan": {
            "inputs": [{"of": "left", "rows_per_person": "$rows"},
                       {"of": "right", "where": "$right_where", "required": true}],
            "groups": [{"name": "frequency", "of": "left", "count_up_to": "$up_to",
                        "present": "$seen"}]},
        "figures": [
            {"name": "people", "kind": "count"},
            {"name": "reached", "kind": "count", "where": {"frequency": ["1 or more"]}},
            {"name": "reach", "kind": "share", "where": {"frequency": ["1 or more"]}},
            {"name": "average_frequency", "kind": "average", "of": "frequency",
             "where": {"frequency": ["1 or more"]}},
            {"name": "by_frequency", "kind": "count", "by": ["frequency"]},
            {"name": "share_by_frequency", "kind": "distribution", "by": ["frequency"]}]})",
    R"({"id": "segment_profile", "version": 1,
        "title": "Who those are, by a column of the left owner, whom the right owner knows, too",
        "tables": ["left", "right"],
        "parameters": [
            {"name": "column", "kind": "column"},
            {"name": "left_where", "kind": "conditions", "default": []},
            {"name": "right_where", "kind": "conditions", "default": []}],
        "plan": {
            "inputs": [{"of": "left", "where": "$left_where", "required": true},
                       {"of": "right", "where": "$right_where", "required": true}],
            "groups": [{"name": "value", "of": "left", "column": "$column"}]},
        "figures": [
            {"name": "people", "kind": "count", "by": ["value"]},
            {"name": "share", "kind": "distribution", "by": ["value"]}]})",
};

}  // namespace

const std::vector<QueryTemplate>& builtin_templates() {
    static const std::vector<QueryTemplate> all = [] {
        std::vector<QueryTemplate> read;
        for (const std::string_view text : kTemplates) {
            const auto json = codec::parse_json(text);
            ALTIS_ASSERT(json.has_value());
            auto query = template_from_json(*json);
            ALTIS_ASSERT(query.has_value());
            read.push_back(std::move(*query));
        }
        return read;
    }();
    return all;
}

}  // namespace altis::cleanroom
