// From an official result to messages: plans what is told to whom, then asks the rule of sending
// about everybody of the audience and sends, in small steps between other commands. Everything it
// knows can be found again in the books, so a restart goes on where the last durable message was.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "messages/composer.h"
#include "messages/model_reply.h"
#include "server/event_stream.h"
#include "service/core.h"
#include "service/model_desk.h"
#include "service/result_stories.h"
#include "service/secrets.h"
#include "service/send_desk.h"
#include "service/story_job.h"

namespace altis::service {

// All members are for the core thread.
class Dispatcher {
  public:
    // Loads the reviewed templates. Fails as Composer::load does.
    static Result<std::unique_ptr<Dispatcher>> create(server::StreamHub& streams,
                                                      const Secrets& secrets);

    // From now on asks a language model for the words of new results, once for each unit and style;
    // what it wrote is told where filter and gate let it pass. Until its desk has answered (300 ms)
    // nobody gets them; after a restart they are told by the reviewed texts. Both outlive this, and
    // the desk is stopped before the core. Fails as Vocabulary::standard does.
    Result<void> use_model(ModelDesk& desk, Core& core);

    // Plans messages about a unit's current version, one plan per campaign audience and competitor,
    // and stops those about any other version. Nothing is planned unless the version is official
    // and somebody follows the competitor. Nobody gets a second message about a unit, but whoever
    // was told what has changed gets it put right: what is unseen is replaced, the others get a
    // correction, and what was booked on these messages is reversed.
    void plan(Turn& turn, const results::UnitKey& unit);

    // Begins to choose the stories of today (story_job.h) and tells them, after everything else. No
    // more than one round at a time. A restart in the middle leaves out who was not told yet.
    void tell_stories(Turn& turn);

    // What a person wants has changed: whoever is held back is asked about again.
    void ask_again(Turn& turn, std::span<const SubjectId> subjects);

    // Goes on with what is pending or due, if anything is, in turns of its own. At a start, too.
    void wake(Turn& turn);

    // Is told, in the turn that decides them, which messages are to leave, in their order.
    using OnDecided = std::function<void(Turn&, std::span<const std::string>)>;
    void on_decided(OnDecided tell) { tell_ = std::move(tell); }
    // The reviewed templates. Valid as long as this.
    const messages::Composer& composer() const { return composer_; }

    bool is_choosing_stories() const { return round_.has_value(); }

  private:
    // Whom a job asks about: of each plan first those who wait for it, then all others.
    enum class Wave : std::uint8_t { kWaiting, kOthers, kHeld };
    struct Job {
        std::string plan;  // id; empty between jobs
        Wave wave = Wave::kWaiting;
        std::string rule;  // of the rights decision; empty when it is denied
        std::vector<SubjectId> people;
        std::size_t next = 0;         // first one not yet asked about
        Time due = messages::kNever;  // the earliest of those it found held
        Time due_before{};            // said until a job about the held is done
        bool is_asked_again = false;  // while it was running
    };

    explicit Dispatcher(messages::Composer composer, server::StreamHub& streams,
                        const Secrets& secrets)
        : composer_(std::move(composer)), streams_(streams), secrets_(secrets) {}

    // A new result with its reviewed texts.
    struct Fresh {
        messages::Plan plan;
        messages::Style style;
    };

    std::vector<Fresh> plans_for(const World& world, const results::UnitKey& unit) const;
    void ask_model(const messages::Style& style, std::vector<std::string> plans);
    void take_words(Turn& turn, const messages::Style& style, const std::vector<std::string>& plans,
                    const ModelDesk::ByLanguage& replies);
    std::optional<messages::Plan> retold(const World& world, const messages::Style& style,
                                         const std::string& id,
                                         const ModelDesk::ByLanguage& replies) const;
    std::vector<messages::Plan> corrections_for(const World& world,
                                                const results::UnitKey& unit) const;
    void correct(const World& world, messages::Plan plan, const ToldStory& now,
                 std::vector<messages::Plan>& plans) const;
    std::vector<messages::Plan> notices_for(const World& world, const results::UnitKey& unit,
                                            Time now) const;
    bool compose(messages::Plan& plan, const World& world, const ToldStory& told) const;
    void stop_outdated(Turn& turn, const results::UnitKey& unit);
    void choose_job(Turn& turn);
    const messages::Plan* choose_pending(const World& world, Wave& wave) const;
    std::vector<SubjectId> people_of(const World& world, const messages::Plan& plan, Wave wave,
                                     Time now) const;
    std::string rights_rule(Turn& turn, const messages::Plan& plan, std::size_t people) const;
    bool ask_next(Turn& turn);
    void ask_chunk(Turn& turn);
    void end_job(Turn& turn);
    bool is_sent_by(const World& world, const messages::Plan& plan, fans::FanId fan) const;
    void send(Turn& turn, std::vector<journal::Draft> drafts, std::string_view edition) const;
    void choose_stories(Turn& turn);
    void step(Turn& turn);
    bool has_work(const World& world, Time now) const;

    messages::Composer composer_;
    server::StreamHub& streams_;
    const Secrets& secrets_;
    SendDesk desk_;
    OnDecided tell_;
    ModelDesk* model_ = nullptr;  // none is asked
    Core* core_ = nullptr;
    std::optional<messages::ReplyFilter> filter_;  // with a model
    std::set<std::string> awaiting_words_;         // plans that the model is asked about

    Job job_;
    std::optional<StoryRound> round_;                        // on its way
    std::map<std::string, std::vector<SubjectId>> readers_;  // of planned stories, by plan
    std::set<std::string> waiting_served_;  // pending plans whose first wave is over
    bool running_ = false;  // a step is on its way, or was and the core is going down
};

}  // namespace altis::service
