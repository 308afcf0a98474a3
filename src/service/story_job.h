// Stories of the archive between Games: what there is to tell on a day, and to whom.
#pragma once

#include <string>
#include <vector>

#include "messages/next_story.h"
#include "messages/plan.h"
#include "service/result_stories.h"
#include "service/world.h"

namespace altis::service {

// A story without its texts, and who is to read it.
struct ChosenStory {
    messages::Plan plan;
    ToldStory told;
    std::vector<SubjectId> readers;
};

// Chooses which story of a day each fan is told, of every campaign with an audience and from its
// own edition alone: the consent that a person gave for an edition covers stories of that edition.
// In steps, because an audience may be everybody. For the core thread.
class StoryRound {
  public:
    StoryRound(const World& world, Time now);
    StoryRound(const StoryRound&) = delete;  // its offers point at its moments
    StoryRound& operator=(const StoryRound&) = delete;

    bool is_over() const { return campaign_ == campaigns_.size(); }

    // Looks at the next fans, at most `count`. With the last one of an audience, gives that
    // campaign's stories that somebody is to read; else nothing.
    std::vector<ChosenStory> step(const World& world, std::size_t count);

  private:
    // One campaign on its way.
    struct Audience {
        std::vector<messages::Moment> moments;
        std::vector<messages::Offer> offers;  // of the moments, in their order
        std::vector<SubjectId> members;
        std::size_t next = 0;                         // first one not yet looked at
        std::vector<std::vector<SubjectId>> readers;  // by moment
    };

    void begin_campaign(const World& world);
    void look_at(const World& world, fans::FanId fan);
    std::vector<ChosenStory> stories(const World& world);

    messages::CivilDay today_;
    Time noon_;                           // of today: what a person's pressure is counted from
    std::vector<std::string> campaigns_;  // ids
    std::size_t campaign_ = 0;
    bool has_begun_ = false;
    Audience audience_;
};

// Whether the pressure budget still allows a story: another campaign may have told one since the
// choice.
bool may_be_told_story(const World& world, fans::FanId fan, Time now);

}  // namespace altis::service
