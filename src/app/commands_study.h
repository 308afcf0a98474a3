// Commands for owners who ask a broker that must not know their people: a key that they agree on,
// and tables tagged with it. They work on files alone.
#pragma once

#include <string>
#include <vector>

#include "app/commands_crossing.h"

namespace altis::app {

struct StudyOptions {
    std::string study;
    std::string key_file;  // of `altis rooms crossing-key`
    std::string pending;   // what is kept secret between offer and key
    std::string offer;     // the other owner's
    std::string peer;      // the other owner's public crossing key, hex
    std::string out;       // the study's key
    std::string study_key;
    std::string side;
    MemberOptions members;
    std::vector<std::string> attributes;
};

// Prints an offer for the other owner, and keeps its secret in `pending`.
int offer_study(const StudyOptions& options);

// Writes the study's key out of the other owner's offer, and removes `pending`.
int agree_study(const StudyOptions& options, Output output);

// Prints the tagged table of a file, for `PUT /v1/treasury/{dataset}` of the broker.
int tag_file(const StudyOptions& options);

}  // namespace altis::app
