// Tampering with what a feed tells; a client looks, as docs/feeds.md says.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "results/feed/feed_fixture.h"
#include "service/tamper/tamper.h"

namespace altis::service::tamper {

class FeedTamper {
  public:
    // A client that begins, follows, is slow for a while, and goes on.
    FeedTamper() {
        namespace fixture = results::feed::fixture;
        Random random(11);
        results::feed::ViewState state({"owg2026", {""}, all_fields(), {}}, 1'000);
        std::int64_t version = 0;
        const auto change = [&] {
            const std::string_view rsc = fixture::kUnits[pick(random, fixture::kUnits.size())];
            auto result = fixture::random_result(random, rsc, ++version);
            return state.change(
                {std::string(rsc), "owg2026", Time{1'771'535'045'000'000}, std::move(result)});
        };
        const auto follow = [&](std::size_t messages) {
            while (messages > 0) {
                const auto told = change();
                if (!told) continue;
                messages_.push_back(told->json);
                --messages;
            }
        };
        for (int i = 0; i < 8; ++i)
            static_cast<void>(change());
        const auto whole = state.whole();
        for (const auto& message : whole)
            messages_.push_back(message.json);
        follow(12);
        const std::uint64_t place = state.last_seq();
        for (int i = 0; i < 8; ++i)
            static_cast<void>(change());
        const auto caught_up = state.since(place);
        for (const auto& message : *caught_up)
            messages_.push_back(message.json);
        follow(8);
        messages_.push_back(results::feed::ViewState::heartbeat(state.last_seq()).json);
        truth_ = follow_all(messages_).follower;
        ALTIS_ASSERT(truth_.problem.empty());
    }

    Verdict tamper(How how, Random& random) const {
        Changed changed = change(how, random);
        const Followed followed = follow_all(changed.messages);
        Verdict verdict;
        verdict.told = changed.what + "; " + followed.follower.problem;
        verdict.is_detected = !followed.follower.problem.empty();
        verdict.is_named = verdict.is_detected && followed.stopped_at == changed.culprit;
        // Snapshots, and what a slow client is told at once, have no order among themselves; a
        // heartbeat may come twice.
        const bool may_be_harmless = how == How::kReorder || how == How::kReplay;
        verdict.is_harmless = may_be_harmless && !verdict.is_detected &&
                              followed.follower.documents == truth_.documents &&
                              followed.follower.place() == truth_.place();
        // What is missing or out of order shows where it is needed.
        if (how != How::kFlip && verdict.is_detected)
            verdict.is_named = followed.stopped_at >= changed.culprit;
        return verdict;
    }

  private:
    using Follower = results::feed::fixture::Follower;
    struct Changed {
        std::vector<std::string> messages;
        std::size_t culprit = 0;  // the first message that is not as it should be
        std::string what;
    };
    struct Followed {
        Follower follower;
        std::size_t stopped_at = 0;
    };

    static rights::FeedFields all_fields() {
        rights::FeedFields all;
        for (std::size_t i = 0; i < rights::kFeedFieldNames.size(); ++i)
            all.insert(static_cast<rights::FeedField>(i));
        return all;
    }

    static Followed follow_all(const std::vector<std::string>& messages) {
        Followed followed;
        for (; followed.stopped_at < messages.size(); ++followed.stopped_at) {
            followed.follower.take(messages[followed.stopped_at]);
            if (!followed.follower.problem.empty()) break;
        }
        return followed;
    }

    Changed change(How how, Random& random) const {
        Changed changed{messages_, pick(random, messages_.size() - 1), ""};
        std::vector<std::string>& messages = changed.messages;
        std::string& message = messages[changed.culprit];
        const auto place = messages.begin() + static_cast<std::ptrdiff_t>(changed.culprit);
        const std::string number = std::to_string(changed.culprit);
        if (how == How::kFlip) {
            const std::size_t at = pick(random, message.size());
            flip_bit(message, at, random);
            changed.what = "flipped byte " + std::to_string(at) + " of message " + number;
        } else if (how == How::kTruncation && pick(random, 2) == 0) {
            message.resize(pick(random, message.size()));
            changed.what = "cut message " + number;
        } else if (how == How::kTruncation) {
            changed.what = "left out message " + number;
            messages.erase(place);
        } else if (how == How::kReorder) {
            const std::size_t other =
                changed.culprit + 1 + pick(random, messages.size() - changed.culprit - 1);
            std::swap(message, messages[other]);
            changed.what = "swapped messages " + number + " and " + std::to_string(other);
        } else {
            const std::size_t earlier = pick(random, changed.culprit + 1);
            changed.what = "message " + std::to_string(earlier) + " again before " + number;
            messages.insert(place, messages_[earlier]);
        }
        return changed;
    }

    std::vector<std::string> messages_;
    Follower truth_;
};

}  // namespace altis::service::tamper
