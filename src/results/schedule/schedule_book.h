// The schedule: when and where every unit takes place, as every message said it.
//
// DT_SCHEDULE and DT_SCHEDULE_UPDATE change it; messages may arrive in any order, the newest says
// what holds. A unit's status moves by a state machine of its own, apart from that of its result.
// Nothing is erased: the schedule as it was known at any moment can be asked for.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "journal/book.h"
#include "results/odf.h"
#include "results/schedule/schedule_status.h"

namespace altis::results {

namespace records {

// The topic of the first is the unit: "<edition>/<rsc>"; of the second the edition.
constexpr std::string_view kScheduled = "results.unit_scheduled";
constexpr std::string_view kSessionScheduled = "results.session_scheduled";

}  // namespace records

// Until this hour of the venue, what starts belongs to the day before.
constexpr int kLogicalDayBegins_h = 3;

// One unit as one message says it. Times are those of the venue, as written.
struct ScheduleItem {
    std::string edition;
    std::string unit;  // RSC
    ScheduleStatus status = ScheduleStatus::kScheduled;
    std::string name;
    std::string venue;
    std::string location;
    std::string session;  // its code, which stays when the session moves to another day
    std::string start;    // "2026-02-19T19:00:00+01:00"; empty when it is not known
    std::string end;
    std::string actual_start;
    std::string actual_end;
    std::string order;         // within the same start
    std::string logical_date;  // of the message
    std::string as_of;         // when the message was written
    std::string note;          // the reason of a correction
    friend bool operator==(const ScheduleItem&, const ScheduleItem&) = default;
};

struct Session {
    std::string edition;
    std::string code;
    std::string name;
    std::string venue;
    std::string start;
    std::string end;
    std::string as_of;
    friend bool operator==(const Session&, const Session&) = default;
};

struct ScheduleVersion {
    ScheduleItem item;
    Time known_at;
    journal::Offset offset = 0;
};

// A unit of a message that is not taken, while the others are.
struct ScheduleRefusal {
    std::string unit;
    std::string code;
    std::string why;
};

struct ScheduleReception {
    std::vector<journal::Draft> drafts;
    std::vector<ScheduleRefusal> refused;
    std::vector<Warning> warnings;
};

// Narrows a schedule; empty texts mean all.
struct ScheduleFilter {
    std::string_view day;  // "2026-02-19": the logical day at the venue
    std::string_view venue;
    std::string_view discipline;
    std::string_view status;
};

class ScheduleBook final : public journal::Book {
  public:
    // What a schedule message changes. A unit is refused with
    //   "results.schedule_status_unknown", "results.schedule_regression" (its status cannot come
    //   after the one before; a message with a Note corrects it), "results.unit_conflict" (another
    //   content of the same age).
    // Gives the warnings "schedule.status_skipped" and "schedule.status_corrected".
    // The edition must be open: "results.unknown_edition".
    Result<ScheduleReception> receive(const OdfMessage& message) const;

    bool knows_edition(std::string_view edition) const { return editions_.contains(edition); }
    // In order of start and `order`, as it was known then.
    std::vector<const ScheduleVersion*> list(std::string_view edition, const ScheduleFilter& filter,
                                             Time known_at) const;
    // Every version of a unit, oldest first; empty when it is not in the schedule.
    std::vector<const ScheduleVersion*> history(std::string_view edition,
                                                std::string_view unit) const;
    // The day that a unit belongs to: that of its session's start, else of its own; a start before
    // kLogicalDayBegins_h belongs to the day before. Empty when neither is known.
    std::string logical_day(const ScheduleItem& item) const;
    const Session* session(std::string_view edition, std::string_view code) const;

    codec::Json describe(const ScheduleVersion& version) const;

    // ---- journal::Book --------------------------------------------------------------------------
    std::string_view name() const override { return "schedule"; }
    void apply(const journal::Record& record) override;
    void save(ByteWriter& out) const override;
    Result<void> load(ByteReader& in) override;

  private:
    struct Edition {
        std::map<std::string, std::vector<ScheduleVersion>, std::less<>> units;  // by RSC
        std::map<std::string, Session, std::less<>> sessions;
    };

    void take(const Edition& edition, const OdfMessage& message, const Unit& unit,
              ScheduleReception& reception) const;

    std::map<std::string, Edition, std::less<>> editions_;
};

codec::Json to_json(const ScheduleItem& item);
codec::Json to_json(const Session& session);

}  // namespace altis::results
