#include "results/schedule/schedule_book.h"

#include <gtest/gtest.h>

#include "results/results_fixture.h"

namespace altis::results {
namespace {

using fixture::MemoryJournal;

constexpr std::string_view kUnit = fixture::kFreeSkate;
constexpr std::string_view kOther = "FSKMSINGLES-----------FNL-000100--";

TEST(ScheduleStatus, EveryStepIsAllowedSkippedOrImpossible) {
    using enum ScheduleStatus;
    EXPECT_EQ(move_between(kScheduled, kGettingReady), StatusMove::kNext);
    EXPECT_EQ(move_between(kGettingReady, kRunning), StatusMove::kNext);
    EXPECT_EQ(move_between(kRunning, kScheduledBreak), StatusMove::kNext);
    EXPECT_EQ(move_between(kScheduledBreak, kRunning), StatusMove::kNext);
    EXPECT_EQ(move_between(kRunning, kInterrupted), StatusMove::kNext);
    EXPECT_EQ(move_between(kInterrupted, kPostponed), StatusMove::kNext);
    EXPECT_EQ(move_between(kPostponed, kRescheduled), StatusMove::kNext);
    EXPECT_EQ(move_between(kRescheduled, kGettingReady), StatusMove::kNext);
    EXPECT_EQ(move_between(kDelayed, kRescheduled), StatusMove::kNext);
    EXPECT_EQ(move_between(kUnscheduled, kScheduled), StatusMove::kNext);
    EXPECT_EQ(move_between(kCancelled, kRescheduled), StatusMove::kNext);
    EXPECT_EQ(move_between(kScheduled, kFinished), StatusMove::kSkips);
    EXPECT_EQ(move_between(kRunning, kPostponed), StatusMove::kSkips);
    EXPECT_EQ(move_between(kRunning, kScheduled), StatusMove::kBack);
    EXPECT_EQ(move_between(kCancelled, kRunning), StatusMove::kBack);
    EXPECT_EQ(move_between(kGettingReady, kUnscheduled), StatusMove::kBack);
    EXPECT_EQ(move_between(kRunning, kRunning), StatusMove::kSame);
    for (std::size_t i = 0; i < kScheduleStatusNames.size(); ++i) {
        const auto status = static_cast<ScheduleStatus>(i);
        EXPECT_EQ(parse_schedule_status(to_string(status)), status);
        if (status == kFinished) continue;
        EXPECT_EQ(move_between(kFinished, status), StatusMove::kBack);
    }
    EXPECT_EQ(parse_schedule_status("running"), std::nullopt);
}

std::string unit_xml(std::string_view rsc, std::string_view status, std::string_view start,
                     std::string_view more = "") {
    return "<Unit Code=\"" + std::string(rsc) + "\" ScheduleStatus=\"" + std::string(status) +
           "\" StartDate=\"" + std::string(start) + "\" Venue=\"MIL\" " + std::string(more) + "/>";
}

OdfMessage message(std::string_view time, std::string_view content, std::string_view note = "") {
    const std::string xml =
        "<OdfBody CompetitionCode=\"OWG2026\" DocumentCode=\"FSK-------------------------------\" "
        "DocumentType=\"DT_SCHEDULE_UPDATE\" Version=\"1\" FeedFlag=\"P\" Date=\"2026-02-19\" "
        "Time=\"" +
        std::string(time) + "\" LogicalDate=\"2026-02-19\" Source=\"A\"><Competition>" +
        std::string(content) + "</Competition>" +
        (note.empty() ? "" : "<Note Value=\"" + std::string(note) + "\"/>") + "</OdfBody>";
    auto parsed = parse_odf(xml);
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed.value_or(OdfMessage{});
}

class ScheduleTest : public testing::Test {
  protected:
    void SetUp() override { journal_.open_edition("owg2026"); }
    // Takes it and says how many records it made.
    std::size_t take(const OdfMessage& sent) {
        auto reception = book_.receive(sent);
        EXPECT_TRUE(reception) << reception.error().message;
        last_ = std::move(*reception);
        return journal_.take(last_.drafts);
    }
    std::size_t status(std::string_view time, std::string_view status, std::string_view note = "",
                       std::string_view start = "2026-02-19T19:00:00+01:00") {
        return take(message(time, unit_xml(kUnit, status, start), note));
    }
    std::string now() const {
        const auto versions = book_.history("owg2026", kUnit);
        return versions.empty() ? "" : std::string(to_string(versions.back()->item.status));
    }

    ScheduleBook book_;
    MemoryJournal journal_{book_};
    ScheduleReception last_;
};

TEST_F(ScheduleTest, AUnitGoesItsWayAndWhatCannotBeIsRefused) {
    for (const auto& [time, name] :
         {std::pair("100000000", "SCHEDULED"), std::pair("110000000", "DELAYED"),
          std::pair("120000000", "RESCHEDULED"), std::pair("130000000", "GETTING_READY"),
          std::pair("140000000", "RUNNING"), std::pair("150000000", "INTERRUPTED"),
          std::pair("160000000", "RUNNING"), std::pair("170000000", "FINISHED")}) {
        EXPECT_EQ(status(time, name), 1U) << name;
        EXPECT_TRUE(last_.warnings.empty()) << name;
        EXPECT_EQ(now(), name);
    }
    EXPECT_EQ(status("180000000", "RUNNING"), 0U);
    ASSERT_EQ(last_.refused.size(), 1U);
    EXPECT_EQ(last_.refused[0].code, "results.schedule_regression");
    EXPECT_EQ(now(), "FINISHED");
    EXPECT_EQ(status("190000000", "RUNNING", "the end was sent by mistake"), 1U);
    EXPECT_EQ(last_.warnings.at(0).name, "schedule.status_corrected");
    EXPECT_EQ(now(), "RUNNING");
    EXPECT_EQ(book_.history("owg2026", kUnit).size(), 9U);
}

TEST_F(ScheduleTest, LateOldNewsChangesNothingAndMissingStepsAreNamed) {
    status("100000000", "SCHEDULED");
    EXPECT_EQ(status("140000000", "RUNNING"), 1U);
    EXPECT_EQ(last_.warnings.at(0).name, "schedule.status_skipped");
    EXPECT_EQ(status("130000000", "GETTING_READY"), 0U);
    EXPECT_TRUE(last_.refused.empty());
    EXPECT_EQ(now(), "RUNNING");
    EXPECT_EQ(status("140000000", "RUNNING"), 0U);
    EXPECT_EQ(status("140000000", "FINISHED"), 0U);
    EXPECT_EQ(last_.refused.at(0).code, "results.unit_conflict");
    EXPECT_EQ(status("150000000", "OVER"), 0U);
    EXPECT_EQ(last_.refused.at(0).code, "results.schedule_status_unknown");
}

TEST_F(ScheduleTest, OneBadUnitLeavesTheOthers) {
    status("100000000", "RUNNING");
    const OdfMessage both =
        message("110000000", unit_xml(kUnit, "SCHEDULED", "2026-02-19T19:00:00+01:00") +
                                 unit_xml(kOther, "SCHEDULED", "2026-02-19T21:00:00+01:00"));
    EXPECT_EQ(take(both), 1U);
    EXPECT_EQ(last_.refused.at(0).unit, kUnit);
    EXPECT_EQ(book_.history("owg2026", kOther).size(), 1U);
    OdfMessage elsewhere = both;
    elsewhere.competition_code = "OWG2030";
    EXPECT_EQ(book_.receive(elsewhere).error().reason, "results.unknown_edition");
}

TEST_F(ScheduleTest, ADayEndsAtThreeAndIsThatOfTheSession) {
    take(message("100000000", unit_xml(kUnit, "SCHEDULED", "2026-02-20T02:59:00+01:00") +
                                  unit_xml(kOther, "SCHEDULED", "2026-02-20T03:00:00+01:00")));
    const auto on = [this](std::string_view day) {
        return book_.list("owg2026", {day, "", "", ""}, Time{INT64_MAX}).size();
    };
    EXPECT_EQ(on("2026-02-19"), 1U);
    EXPECT_EQ(on("2026-02-20"), 1U);
    take(message(
        "110000000",
        "<Session SessionCode=\"FSK07\" StartDate=\"2026-02-19T23:00:00+01:00\" "
        "Venue=\"MIL\"><SessionName Language=\"ENG\" Value=\"Evening\"/></Session>" +
            unit_xml(kOther, "SCHEDULED", "2026-02-20T03:10:00+01:00", "SessionCode=\"FSK07\"")));
    EXPECT_EQ(on("2026-02-19"), 2U);
    EXPECT_EQ(on("2026-02-20"), 0U);
    EXPECT_EQ(book_.session("owg2026", "FSK07")->name, "Evening");
}

TEST_F(ScheduleTest, ItIsKnownAsItWasAndSorted) {
    take(message("100000000", unit_xml(kUnit, "SCHEDULED", "2026-02-19T19:00:00+01:00") +
                                  unit_xml(kOther, "SCHEDULED", "2026-02-19T17:00:00+01:00")));
    const Time before = book_.history("owg2026", kOther).back()->known_at;
    status("110000000", "RESCHEDULED", "", "2026-02-19T16:00:00+01:00");
    const ScheduleFilter day{"2026-02-19", "MIL", "FSK", ""};
    const auto then = book_.list("owg2026", day, before);
    ASSERT_EQ(then.size(), 2U);
    EXPECT_EQ(then[0]->item.unit, kOther);
    const auto today = book_.list("owg2026", day, Time{INT64_MAX});
    EXPECT_EQ(today[0]->item.unit, kUnit);
    EXPECT_TRUE(book_.list("owg2026", {"", "BEI", "", ""}, before).empty());
    EXPECT_EQ(book_.list("owg2026", {"", "", "", "RESCHEDULED"}, Time{INT64_MAX}).size(), 1U);
}

TEST_F(ScheduleTest, SnapshotAndReplayGiveTheSame) {
    status("100000000", "SCHEDULED");
    take(message("110000000", "<Session SessionCode=\"FSK07\" Venue=\"MIL\"/>"));
    const std::string bytes = fixture::saved(book_);
    ScheduleBook loaded;
    ByteReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(fixture::saved(loaded), bytes);
    ScheduleBook replayed;
    journal_.replay(replayed);
    EXPECT_EQ(fixture::saved(replayed), bytes);
}

}  // namespace
}  // namespace altis::results
