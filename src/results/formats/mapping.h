// The mapping that is built in: athletics results as Tilastopaja, Omega and Deltatre exchange them.
#pragma once

#include <string_view>

namespace altis::results::formats {

// Paths are element names with '/' between them, "@name" for an attribute, '|' between
// alternatives.
constexpr std::string_view kRioMapping = R"({
  "root": "competition",
  "name": "name",
  "list": "results",
  "line": "result",
  "discipline": "ATH",
  "unit": {"event": "infos/event_name", "modifier": "infos/age_group", "phase": "infos/round_name",
           "name": "infos/round_detail|infos/round_name", "gender": "infos/event_gender",
           "date": "infos/date"},
  "event_suffixes": [" Men", " Women"],
  "date_order": "DMY",
  "phases": {"Preliminary round": "PREL", "Heats": "HEAT", "Qualification": "QUAL",
             "Semifinals": "SFNL", "Final": "FNL-"},
  "medal_round": "Final",
  "competitor": {"code": "competitorid|country", "name": "athlete", "organisation": "country"},
  "members": [
    {"code": "relayrunners/relayrunner1id", "name": "relayrunners/relayrunner1"},
    {"code": "relayrunners/relayrunner2id", "name": "relayrunners/relayrunner2"},
    {"code": "relayrunners/relayrunner3id", "name": "relayrunners/relayrunner3"},
    {"code": "relayrunners/relayrunner4id", "name": "relayrunners/relayrunner4"}],
  "result": {"rank": "rank", "result": "best_performance", "qualification": "qualification"},
  "marks": ["DNF", "DNS", "DQ", "NM"],
  "extended": [
    {"type": "ATTEMPT", "code": "ATTEMPT", "each": "roundresults/roundresult",
     "value": "performance", "value2": "round"},
    {"code": "WIND", "value": "wind"},
    {"code": "GROUP", "value": "group"},
    {"code": "RECORD", "value": "recordflag"},
    {"type": "PART", "code": "PART", "pos": "1", "value": "combinedresults/event1"},
    {"type": "PART", "code": "PART", "pos": "2", "value": "combinedresults/event2"},
    {"type": "PART", "code": "PART", "pos": "3", "value": "combinedresults/event3"},
    {"type": "PART", "code": "PART", "pos": "4", "value": "combinedresults/event4"},
    {"type": "PART", "code": "PART", "pos": "5", "value": "combinedresults/event5"},
    {"type": "PART", "code": "PART", "pos": "6", "value": "combinedresults/event6"},
    {"type": "PART", "code": "PART", "pos": "7", "value": "combinedresults/event7"},
    {"type": "PART", "code": "PART", "pos": "8", "value": "combinedresults/event8"},
    {"type": "PART", "code": "PART", "pos": "9", "value": "combinedresults/event9"},
    {"type": "PART", "code": "PART", "pos": "10", "value": "combinedresults/event10"}]
})";

}  // namespace altis::results::formats
