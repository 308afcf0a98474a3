// The results book: units, every version of every result, who holds which medal.
//
// Only a unit that was registered takes results, and only for a competition whose edition is open
// (it learns of editions from the rule book's own records). Of the versions of a unit the highest
// that is not withdrawn is current. An older one that arrives late is kept and changes nothing
// else, so any order of arrival leads to the same truth. Nothing is ever erased.
//
// A fact is one version of one unit; its id is "results/<edition>/<rsc>/<version>".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "journal/book.h"
#include "results/medals.h"
#include "results/odf.h"
#include "results/records.h"
#include "results/rsc.h"
#include "results/scoring/edition_rules.h"
#include "results/unit_key.h"

namespace altis::results {

// What one competitor did, as other rooms cite it. Of the current version of a unit.
struct FactLine {
    std::string unit;  // RSC
    std::string edition;
    std::string competitor;
    std::string name;  // to show; may be empty when the source had none
    std::string organisation;
    int rank = 0;        // 0 = not ranked
    std::string result;  // as published
    std::string irm;
    std::string medal;          // "gold", "silver", "bronze", or empty
    std::string qualification;  // the mark as published: "Q", "q", "R"; or empty
    // Extended values as published: by code ("SHORT"), or by "<code>:<pos>" where it has a
    // position.
    std::map<std::string, std::string, std::less<>> extended;
    ResultStatus status = ResultStatus::kStartList;
    std::int64_t version = 0;
    std::string fact_id;
    journal::Offset offset = 0;  // of the record that published it
};

std::string fact_id(const UnitKey& unit, std::int64_t version);

class ResultsBook final : public journal::Book {
  public:
    // ---- commands -------------------------------------------------------------------------------

    // Makes a unit known, or replaces what is known by something newer (`as_of`). No draft when
    // nothing changes or the news is old. Fails with "results.unknown_edition",
    // "results.unit_conflict" (other content of the same age), or the reasons of `Rsc::parse`.
    journal::Decision register_unit(const Unit& unit) const;

    // Takes a message: a schedule registers its units; a result is checked and published; a result
    // without competition withdraws that version. No draft for a duplicate. Fails with
    //   "results.unknown_edition", "results.unknown_unit", "results.test_feed",
    //   "results.from_the_future" (over a day ahead of `now`),
    //   "results.stale_version" (this version is there with other content, or was withdrawn),
    //   "results.status_regression" (after OFFICIAL only OFFICIAL, PROTESTED, PROVISIONAL, with
    //   note), "results.total_mismatch", "results.value_malformed", "results.too_large",
    //   "results.not_utf8", "results.version_unknown" and "results.note_missing" (withdrawals).
    journal::Decision receive(const OdfMessage& message, Time now) const;
    // Publishes a version that was held back, by the same rules. Fails as `receive`.
    journal::Decision publish_held(const Publication& publication) const;
    journal::Decision withdraw_held(const Withdrawal& withdrawal) const;

    // Replaces the rules of an edition, for what is published from now on. No draft when they are
    // in force already. Fails with "results.unknown_edition", "results.rules_stale" (the version is
    // not higher) or the reasons of `RuleSet::parse`.
    journal::Decision set_rules(std::string_view edition, const codec::Json& document) const;

    // ---- questions ------------------------------------------------------------------------------

    // The current version: unit, status, version, fact_id, offset, known_at, lines, warnings, and
    // `medals` with who holds them. A registered unit without results has none of these. Null when
    // the unit is unknown. Nothing personal, but for whom it may be shown.
    codec::Json unit(const UnitKey& key, Personal personal = Personal::kHidden) const;
    // Any version of it as `unit` told it while it was current, without medals; also one that was
    // withdrawn. Null when there is no such version.
    codec::Json unit(const UnitKey& key, std::int64_t version) const;
    // All units in order of edition and code, without lines; of one edition when it is named.
    codec::Json units(std::string_view edition = {}) const;
    // Every version known of a unit, oldest first, without lines. Null when the unit is unknown.
    codec::Json history(const UnitKey& key) const;
    // The current version whole, as `formats::write_results` takes it; nothing when there is none.
    std::optional<Publication> publication(const UnitKey& key) const;
    // All units of an edition, in order of their codes.
    std::vector<UnitKey> units_of(std::string_view edition) const;
    // The editions that have a unit of this code.
    std::vector<std::string> editions_with(std::string_view rsc) const;
    // Lines of the current version; empty when there is none.
    std::vector<FactLine> facts(const UnitKey& key) const;
    // Holders by the last OFFICIAL version of a medal unit; they stay while it is PROTESTED or
    // PROVISIONAL, until a later official correction moves them.
    std::vector<MedalHolder> medals(const UnitKey& key) const;
    const Unit* find_unit(const UnitKey& key) const;
    // The rules in force, and the document that says them.
    const EditionRules& rules() const { return rules_; }
    // The current version, whole; null when the unit is unknown or has no results.
    const Publication* current(const UnitKey& key) const;
    // The highest version of the unit that is OFFICIAL and not withdrawn; none when there is none.
    std::optional<std::int64_t> last_official(const UnitKey& key) const;

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "results"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

    // The state without where and when it was learnt (offsets, times): equal after any order of
    // arrival of the same messages.
    void save_truth(ByteWriter& out) const;
    // The same of the units of one edition alone, without its rules.
    void save_truth(ByteWriter& out, std::string_view edition) const;

  private:
    struct Version {
        ResultStatus status = ResultStatus::kStartList;
        std::string payload;  // of results.published, as journalled
        journal::Offset offset = 0;
        Time known_at;
        bool withdrawn = false;
        std::string withdrawal_note;
    };
    struct UnitState {
        Unit unit;
        std::map<std::int64_t, Version> versions;
        // Derived from the above.
        std::set<std::int64_t> official;  // versions that are OFFICIAL and not withdrawn
        std::optional<Publication> current;
        std::vector<MedalHolder> medals;
    };

    Result<std::string> known_edition(std::string_view competition_code) const;
    Result<const UnitState*> known_unit(const UnitKey& key) const;
    journal::Decision register_units(const OdfMessage& message, const std::string& edition) const;
    journal::Decision publish(const UnitState& state, const Publication& publication) const;
    static journal::Decision withdraw(const UnitState& state, const Withdrawal& withdrawal);

    void apply_unit(std::string_view payload);
    void apply_version(const journal::Record& record);
    void apply_withdrawal(std::string_view payload);
    const UnitState* find(const UnitKey& key) const;

    static const Version* current_version(const UnitState& state);
    static void note_official(UnitState& state, std::int64_t number, const Version& version);
    static Result<void> check_status(const UnitState& state, const Publication& publication);
    // Derives what follows from the versions. `read` is one of them that need not be read again.
    static Result<void> refresh(UnitState& state, std::optional<Publication> read = {});
    static codec::Json head(const UnitState& state);
    static codec::Json head(const UnitState& state, const Version* version,
                            const Publication* publication);

    std::set<std::string, std::less<>> editions_;
    EditionRules rules_;
    std::map<UnitKey, UnitState> units_;
};

codec::Json to_json(const FactLine& fact);
codec::Json to_json(const MedalHolder& holder);
codec::Json to_json(const MedalRow& row);

}  // namespace altis::results
