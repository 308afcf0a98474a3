// Commands for owners that meet without an operator: keys, and crossings of their lists. They work
// on files and on each other, without a server.
#pragma once

#include <cstdint>
#include <string>

#include "app/commands.h"
#include "crypto/sign.h"

namespace altis::app {

// Makes a key file for crossings and studies, which must not exist yet; prints its public half.
int make_crossing_key(const std::string& file, Output output);

// The secret half of such a file, as a seed. Fails with "crossing.bad_key_file" or as reading does.
Result<crypto::Digest> read_crossing_key(const std::string& file);

// "ann@example.org" and so on: where an owner's file keeps what.
struct MemberOptions {
    std::string file;
    std::string identifier = "email";  // or "phone"
    std::string column;                // empty: named like the identifier
    std::string consent = "consent";
};

struct CrossOptions {
    std::string terms;
    std::string key_file;
    MemberOptions members;
    std::string listen;   // host:port; or
    std::string connect;  // host:port
    std::string out;      // the list of who is in both, CSV; for a side that receives
    std::uint32_t wait_s = 300;
    std::uint32_t threads = 0;  // 0: as many as there are cores
};

// One side of a crossing; prints what came of it, and writes the list when this side receives.
int cross_lists(const CrossOptions& options, Output output);

}  // namespace altis::app
