// Feed grants: what the holder of one API key, or everybody, may see of an edition's results while
// they happen. One grant per key, one public one per edition; without one, nothing.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "codec/json.h"
#include "journal/book.h"

namespace altis::rights {

constexpr std::int64_t kMaxFeedDelayMs = 3'600'000;  // how late a feed may be by its grant
constexpr std::int64_t kOdfConflationMs = 250;  // ODF tells of one unit no more often than this
constexpr std::int64_t kMaxFeedConflationMs = 60'000;  // how far apart a unit's changes are kept
constexpr std::size_t kMaxFeedUnitPrefixes = 200;      // unit prefixes of one feed grant
constexpr std::size_t kMaxFeedPrefixBytes = 34;        // one of them: a whole code

// Groups of fields of a unit's document. Unit, edition, name, place, time, status, the competitors'
// codes and their order are in every feed.
enum class FeedField : std::uint8_t {
    kResults,     // rank, result, invalid marks, gaps, the note of a correction
    kSplits,      // extended values: splits, segment scores, speeds
    kStartList,   // start order, and units of which there is only a start list
    kMembers,     // who is in a team: codes and organisations
    kBiographic,  // names of persons
    kMedals,      // who holds which medal
    kProof,       // of a public grant: the entry of the log behind a version, whole
};
constexpr std::array<std::string_view, 7> kFeedFieldNames = {
    "results", "splits", "start_list", "members", "biographic", "medals", "proof"};
using FeedFields = std::set<FeedField>;

enum class FeedPurpose : std::uint8_t { kCommentator, kBroadcaster, kApp, kBetting };
constexpr std::array<std::string_view, 4> kFeedPurposeNames = {"commentator", "broadcaster", "app",
                                                               "betting"};

// In place of a key: what an edition shows to everybody, without any key. No key's id has a colon.
std::string public_grant(std::string_view edition);
bool is_public_grant(std::string_view key);

std::string_view to_string(FeedField field);
std::string_view to_string(FeedPurpose purpose);

struct FeedGrant {
    std::string key;  // id of the API key, or public_grant()
    std::string edition;
    std::set<std::string> units;  // beginnings of unit codes: "FSK", "ATHM100M"; "": all
    FeedFields fields;
    std::int64_t delay_ms = 0;
    FeedPurpose purpose = FeedPurpose::kApp;
    Time until;                      // first moment at which it no longer holds
    std::int64_t conflation_ms = 0;  // changes of one unit are so far apart, or more
    friend bool operator==(const FeedGrant&, const FeedGrant&) = default;
};

codec::Json to_json(const FeedGrant& grant);
// The inverse, and for requests: {edition, units, fields, delay_ms, conflation_ms, purpose, until};
// conflation_ms may be missing. Fails with "json.missing", "json.wrong_type", "feed.unknown_field"
// or "feed.unknown_purpose".
Result<FeedGrant> feed_grant_from(std::string_view key, const codec::Json& json);

class FeedGrantsBook final : public journal::Book {
  public:
    // Gives a key this grant instead of the one it had. No draft when nothing changes. Fails with
    // "feed.no_units", "feed.bad_units", "feed.no_fields", "feed.bad_delay", "feed.bad_conflation",
    // "feed.ended", or "feed.betting_needs_delay": bets are only fair on what everybody could have
    // seen; or "feed.bad_public": a public grant of another edition than its name says.
    journal::Decision put(const FeedGrant& grant, Time now) const;
    // No draft when the key has none.
    journal::Decision remove(std::string_view key) const;

    // Also one that has ended.
    const FeedGrant* find(std::string_view key) const;
    // The grant that holds now; "feed.no_grant" or "feed.grant_ended".
    Result<FeedGrant> require(std::string_view key, Time now) const;
    const std::map<std::string, FeedGrant, std::less<>>& all() const { return grants_; }

    std::string_view name() const override { return "feed_grants"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    std::map<std::string, FeedGrant, std::less<>> grants_;  // by key
};

}  // namespace altis::rights
