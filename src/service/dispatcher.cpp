#include "service/dispatcher.h"

#include <algorithm>
#include <unordered_set>

#include "service/live_streams.h"
#include "service/result_stories.h"
#include "service/reversal_flow.h"

namespace altis::service {
namespace {

using messages::Fact;

// Others wait at most some milliseconds for one turn.
constexpr std::size_t kMessagesPerTurn = 256;
// The first of a job leave before the many are made.
constexpr std::size_t kFirstMessages = 32;
constexpr int kJobsPerTurn = 16;
constexpr std::size_t kAskedPerTurn = 2'048;
constexpr std::string_view kAnybody = "any";  // competitor of a notice

// What is told and to whom; without its facts and texts.
messages::Plan plan_of(const results::FactLine& line, const std::string& campaign,
                       const std::string& cohort) {
    messages::Plan plan;
    plan.trigger = "results/" + line.edition + "/" + line.unit;
    plan.unit = line.unit;
    plan.competitor = line.competitor;
    plan.cohort = cohort;
    plan.edition = line.edition;
    plan.campaign = campaign;
    plan.fact = line.fact_id;
    plan.version = line.version;
    return plan;
}

// By a campaign, of each competitor and cohort of whom the current version has no line, the last
// plan that somebody has got. Stories of the archive and notices have triggers of their own.
std::vector<messages::Plan> left_out(const World& world,
                                     const std::vector<results::FactLine>& lines,
                                     std::string_view campaign) {
    const std::string trigger = "results/" + lines.front().edition + "/" + lines.front().unit;
    std::map<std::pair<std::string, std::string>, messages::Plan> last;
    for (const messages::Plan* told : world.messages.told_of(trigger)) {
        const bool is_there = std::ranges::any_of(lines, [&](const results::FactLine& line) {
            return line.competitor == told->competitor;
        });
        if (is_there || told->campaign != campaign || told->kind == messages::Kind::kNotice) {
            continue;
        }
        auto& kept = last[{told->competitor, told->cohort}];
        if (kept.version <= told->version) kept = *told;
    }
    std::vector<messages::Plan> plans;
    for (auto& [key, plan] : last)
        plans.push_back(std::move(plan));
    return plans;
}

bool is_told(const World& world, const market::Campaign& campaign, std::string_view edition) {
    return !campaign.audience.empty() && campaign.edition == edition &&
           world.fans.segment(campaign.audience) != nullptr;
}

// ProvedText or what is made of it, by language.
template <class Texts>
void set_texts(messages::Plan& plan, const Texts& texts) {
    plan.texts.clear();
    plan.readings.clear();
    for (const auto& [language, text] : texts) {
        plan.texts[language] = text.text;
        plan.readings[language] = text.readings;
    }
}

int rank_of(const messages::Plan& plan) {
    const Fact* rank = messages::find_fact(plan.facts, "rank");
    return rank == nullptr ? 0 : std::atoi(rank->text.c_str());
}

}  // namespace

Result<std::unique_ptr<Dispatcher>> Dispatcher::create(server::StreamHub& streams,
                                                       const Secrets& secrets) {
    TRY(auto catalogue, messages::standard_catalogue());
    TRY(auto composer, messages::Composer::load(std::move(catalogue)));
    return std::unique_ptr<Dispatcher>(new Dispatcher(std::move(composer), streams, secrets));
}

Result<void> Dispatcher::use_model(ModelDesk& desk, Core& core) {
    TRY(auto vocabulary, messages::Vocabulary::standard());
    filter_.emplace(composer_, std::move(vocabulary));
    model_ = &desk;
    core_ = &core;
    return {};
}

void Dispatcher::plan(Turn& turn, const results::UnitKey& unit) {
    const World& world = turn.world();
    const auto fresh = plans_for(world, unit);
    auto plans = corrections_for(world, unit);
    for (messages::Plan& plan : notices_for(world, unit, turn.now()))
        plans.push_back(std::move(plan));
    stop_outdated(turn, unit);
    std::map<messages::Style, std::vector<std::string>> to_word;
    for (const Fresh& one : fresh) {
        const std::string id = messages::plan_id(one.plan);
        const bool is_new = world.messages.find_plan(id) == nullptr;
        if (turn.commit(world.messages.plan(one.plan)) && is_new) to_word[one.style].push_back(id);
    }
    for (auto& [style, ids] : to_word)
        ask_model(style, std::move(ids));
    for (const messages::Plan& plan : plans) {
        static_cast<void>(turn.commit(world.messages.plan(plan)));
        if (plan.kind == messages::Kind::kCorrection) reverse_booked(turn, plan);
    }
    wake(turn);
}

// Whoever is held of an outdated version gets the new one; everybody else only when no version was
// told to the end. What nobody follows is not composed.
std::vector<Dispatcher::Fresh> Dispatcher::plans_for(const World& world,
                                                     const results::UnitKey& unit) const {
    std::vector<Fresh> plans;
    const auto lines = world.results.facts(unit);
    for (const auto& [id, campaign] : world.campaigns.campaigns()) {
        if (!is_told(world, campaign, unit.edition)) continue;
        for (const results::FactLine& line : lines) {
            const bool is_followed = world.fans.followers(line.competitor).size() > 0;
            if (!is_followed || !can_be_told(line)) continue;
            auto plan = plan_of(line, id, campaign.audience);
            const bool is_over = world.messages.telling(plan) == messages::TellingState::kTold &&
                                 world.messages.held_of_story(plan).empty();
            if (is_over) continue;
            const ToldStory told = result_story(world, line, campaign.link);
            if (!compose(plan, world, told)) continue;
            messages::Style style{std::string(told.story), plan.cohort};
            plans.push_back({std::move(plan), std::move(style)});
        }
    }
    return plans;
}

// In all languages in which the story is open to a model, if one is there and not resting.
void Dispatcher::ask_model(const messages::Style& style, std::vector<std::string> plans) {
    if (model_ == nullptr) return;
    ModelDesk::Requests requests;
    for (const std::string& language : composer_.languages()) {
        auto request = filter_->request({style, language}, model_->model());
        if (request) requests.emplace(language, std::move(*request));
    }
    // On the desk's thread. What it brings is taken in as soon as the disk has space.
    const auto done = [this, style, plans](ModelDesk::ByLanguage replies) {
        const auto take = [this, style, plans, replies = std::move(replies)](Turn& turn) {
            turn.then(TaskKind::kWrite, [this, style, plans, replies](Turn& next) {
                take_words(next, style, plans, replies);
            });
        };
        core_->post(TaskKind::kRead, take, [](const Error&) {}, WhenBusy::kWait);
    };
    if (!model_->ask(std::move(requests), done)) return;
    awaiting_words_.insert(plans.begin(), plans.end());
}

void Dispatcher::take_words(Turn& turn, const messages::Style& style,
                            const std::vector<std::string>& plans,
                            const ModelDesk::ByLanguage& replies) {
    const World& world = turn.world();
    for (const std::string& id : plans) {
        if (awaiting_words_.erase(id) == 0) continue;  // superseded meanwhile
        const auto plan = retold(world, style, id, replies);
        if (plan) static_cast<void>(turn.commit(world.messages.retell(*plan)));
    }
    wake(turn);
}

// The plan in the words of the model; nothing when it has none that may be told.
std::optional<messages::Plan> Dispatcher::retold(const World& world, const messages::Style& style,
                                                 const std::string& id,
                                                 const ModelDesk::ByLanguage& replies) const {
    const messages::Plan* const known = world.messages.find_plan(id);
    if (known == nullptr || replies.empty()) return std::nullopt;
    auto texts = messages::compose_with_replies(composer_, *filter_, style, replies, known->facts,
                                                world.names.aliases(known->edition));
    if (!texts) return std::nullopt;
    const bool is_of_model =
        std::ranges::any_of(*texts, [](const auto& entry) { return entry.second.is_of_model; });
    if (!is_of_model) return std::nullopt;
    messages::Plan plan = *known;
    set_texts(plan, *texts);
    return plan;
}

// Of every competitor about whom somebody was told what has changed. A result that cannot be told
// any more (a disqualification, a rank that is gone, a competitor whom the version leaves out) is
// taken back.
std::vector<messages::Plan> Dispatcher::corrections_for(const World& world,
                                                        const results::UnitKey& unit) const {
    std::vector<messages::Plan> plans;
    const auto lines = world.results.facts(unit);
    const bool is_official =
        !lines.empty() && lines.front().status == results::ResultStatus::kOfficial;
    if (!is_official) return plans;
    for (const auto& [id, campaign] : world.campaigns.campaigns()) {
        if (!is_told(world, campaign, unit.edition)) continue;
        for (const results::FactLine& line : lines) {
            if (line.name.empty()) continue;
            correct(world, plan_of(line, id, campaign.audience),
                    can_be_told(line) ? result_story(world, line, campaign.link)
                                      : withdrawn_story(world, line, campaign.link),
                    plans);
        }
        for (const messages::Plan& told : left_out(world, lines, id)) {
            auto plan = plan_of(lines.front(), id, told.cohort);
            plan.competitor = told.competitor;
            correct(world, std::move(plan), missing_story(world, told), plans);
        }
    }
    return plans;
}

// Adds what puts right whoever was told otherwise, if anybody was.
void Dispatcher::correct(const World& world, messages::Plan plan, const ToldStory& now,
                         std::vector<messages::Plan>& plans) const {
    plan.facts = now.facts;
    const auto people = world.messages.misinformed(plan);
    if (people.empty()) return;
    plan.kind = messages::Kind::kReplacement;
    if (compose(plan, world, now)) plans.push_back(plan);
    // The old figure is named where all were told the same one.
    const messages::Plan* told_by = people.front().told_by;
    const bool is_one =
        std::ranges::all_of(people, [&](const auto& person) { return person.told_by == told_by; });
    plan.kind = messages::Kind::kCorrection;
    if ((is_one && compose(plan, world, correction_story(now, told_by->facts))) ||
        compose(plan, world, now)) {
        plans.push_back(std::move(plan));
    }
}

// Says that a unit is decided, to those who watch it later. Nothing in it, and nothing about who
// gets it, depends on how it ended.
std::vector<messages::Plan> Dispatcher::notices_for(const World& world,
                                                    const results::UnitKey& unit, Time now) const {
    std::vector<messages::Plan> plans;
    const auto lines = world.results.facts(unit);
    const bool is_official =
        !lines.empty() && lines.front().status == results::ResultStatus::kOfficial;
    if (!is_official) return plans;
    if (world.preferences.shielded_from(unit.edition + "/" + unit.rsc, now).empty()) return plans;
    for (const auto& [id, campaign] : world.campaigns.campaigns()) {
        if (!is_told(world, campaign, unit.edition)) continue;
        auto plan = plan_of(lines.front(), id, campaign.audience);
        plan.competitor = kAnybody;
        plan.version = 0;  // one for all versions
        plan.kind = messages::Kind::kNotice;
        plan.fact = plan.trigger;
        const bool is_known = world.messages.find_plan(messages::plan_id(plan)) != nullptr;
        if (!is_known && compose(plan, world, decided_story(world, unit, campaign.link))) {
            plans.push_back(std::move(plan));
        }
    }
    return plans;
}

// False when no text is right: better no message than one that the gate refuses.
bool Dispatcher::compose(messages::Plan& plan, const World& world, const ToldStory& told) const {
    const messages::Style style{std::string(told.story), plan.cohort};
    const auto& aliases = world.names.aliases(plan.edition);
    auto texts = composer_.compose_proved(style, told.facts, aliases);
    auto titles = composer_.compose_titles(style, told.facts, aliases);
    if (!texts || !titles) return false;
    plan.facts = told.facts;
    set_texts(plan, *texts);
    plan.titles = std::move(*titles);
    return true;
}

// What is no longer the official truth must not be told to anybody else.
void Dispatcher::stop_outdated(Turn& turn, const results::UnitKey& unit) {
    const World& world = turn.world();
    const auto lines = world.results.facts(unit);
    const bool is_official =
        !lines.empty() && lines.front().status == results::ResultStatus::kOfficial;
    const std::string trigger = "results/" + unit.edition + "/" + unit.rsc;
    for (const std::string& id : world.messages.plans_of(trigger)) {
        const messages::Plan* plan = world.messages.find_plan(id);
        if (is_official && plan->version == lines.front().version) continue;
        if (plan->kind == messages::Kind::kNotice) continue;
        static_cast<void>(turn.commit(world.messages.supersede(id)));
        waiting_served_.erase(id);
        awaiting_words_.erase(id);
        if (id == job_.plan) job_ = {};
    }
}

void Dispatcher::tell_stories(Turn& turn) {
    if (!round_) round_.emplace(turn.world(), turn.now());
    wake(turn);
}

void Dispatcher::choose_stories(Turn& turn) {
    const World& world = turn.world();
    if (!round_->is_over()) {
        for (ChosenStory& chosen : round_->step(world, kAskedPerTurn)) {
            const std::string id = messages::plan_id(chosen.plan);
            if (world.messages.find_plan(id) != nullptr) continue;  // told earlier today
            if (!compose(chosen.plan, world, chosen.told)) continue;
            if (!turn.commit(world.messages.plan(chosen.plan))) continue;
            readers_[id] = std::move(chosen.readers);
        }
    }
    if (round_->is_over()) round_.reset();
}

void Dispatcher::ask_again(Turn& turn, std::span<const SubjectId> subjects) {
    const World& world = turn.world();
    for (const std::string& id : world.messages.holding(subjects)) {
        if (id == job_.plan) {
            job_.is_asked_again = true;
            continue;
        }
        messages::Considered now_due;
        now_due.due = turn.now();
        static_cast<void>(turn.commit(world.messages.consider(id, now_due)));
    }
    wake(turn);
}

bool Dispatcher::has_work(const World& world, Time now) const {
    const auto is_ready = [this](const std::string& id) { return !awaiting_words_.contains(id); };
    return !job_.plan.empty() || round_ ||
           std::ranges::any_of(world.messages.pending(), is_ready) ||
           !world.messages.due(now).empty();
}

void Dispatcher::wake(Turn& turn) {
    if (running_) return;
    if (!has_work(turn.world(), turn.now())) return;
    running_ = true;
    turn.then(TaskKind::kWrite, [this](Turn& next) { step(next); });
}

void Dispatcher::step(Turn& turn) {
    if (turn.is_stopping()) return;  // the next start goes on
    if (!ask_next(turn) && round_) choose_stories(turn);
    running_ = false;
    wake(turn);
}

// Jobs about nobody, such as those who wait for a result that nobody waits for, go with the next
// one that has people: each turn waits for the disk. False when there was no job.
bool Dispatcher::ask_next(Turn& turn) {
    bool has_asked = false;
    for (int jobs = 0; jobs < kJobsPerTurn; ++jobs) {
        if (job_.plan.empty()) choose_job(turn);
        if (job_.plan.empty()) return has_asked;
        const bool is_about_nobody = job_.people.empty();
        ask_chunk(turn);
        has_asked = true;
        if (!is_about_nobody) break;
    }
    return has_asked;
}

// What puts wrong things right comes first. Of one publication those who wait for it come before
// all others, and the best-ranked competitor first: whoever follows several is told about that one.
const messages::Plan* Dispatcher::choose_pending(const World& world, Wave& wave) const {
    struct Place {
        messages::Kind kind;
        std::string_view trigger;
        Wave wave;
        int rank;
        auto operator<=>(const Place&) const = default;
    };
    const messages::Plan* best = nullptr;
    Place best_place{};
    for (const std::string& id : world.messages.pending()) {
        if (awaiting_words_.contains(id)) continue;
        const messages::Plan* plan = world.messages.find_plan(id);
        const Wave next = waiting_served_.contains(id) ? Wave::kOthers : Wave::kWaiting;
        const Place place{plan->kind, plan->trigger, next, rank_of(*plan)};
        if (best != nullptr && place >= best_place) continue;
        best = plan;
        best_place = place;
    }
    wave = best_place.wave;
    return best;
}

void Dispatcher::choose_job(Turn& turn) {
    const World& world = turn.world();
    Job job;
    const messages::Plan* plan = choose_pending(world, job.wave);
    if (plan == nullptr) {
        const auto due = world.messages.due(turn.now());
        if (due.empty()) return;
        job.wave = Wave::kHeld;
        job.due_before = turn.now();
        plan = world.messages.find_plan(due.front());
    }
    job.plan = messages::plan_id(*plan);
    job.people = people_of(world, *plan, job.wave, turn.now());
    job.rule = rights_rule(turn, *plan, job.people.size());
    if (job.rule.empty()) job.people.clear();
    job_ = std::move(job);
}

std::vector<SubjectId> Dispatcher::people_of(const World& world, const messages::Plan& plan,
                                             Wave wave, Time now) const {
    using messages::Kind;
    std::vector<SubjectId> people;
    if (wave == Wave::kHeld) return world.messages.held(messages::plan_id(plan));
    if (plan.kind == Kind::kReplacement || plan.kind == Kind::kCorrection) {
        if (wave == Wave::kWaiting) return people;
        for (const auto& person : world.messages.misinformed(plan)) {
            if (plan.kind == Kind::kReplacement && person.has_seen) continue;
            people.push_back(person.subject);
        }
        return people;
    }
    const auto* segment = world.fans.segment(plan.cohort);
    if (segment == nullptr) return people;
    if (plan.kind == Kind::kNotice) {
        if (wave == Wave::kWaiting) return people;
        const auto lines = world.results.facts({plan.edition, plan.unit});
        for (const SubjectId subject : world.preferences.shielded_from(event_of(plan), now)) {
            const fans::FanId fan = world.fans.fan_of(subject);
            const bool follows = std::ranges::any_of(lines, [&](const results::FactLine& line) {
                return world.fans.followers(line.competitor).contains(fan);
            });
            if (follows && segment->members->contains(fan)) people.push_back(fan);
        }
        return people;
    }
    const bool is_story_told = world.messages.telling(plan) == messages::TellingState::kTold;
    const auto& followers = world.fans.followers(plan.competitor);
    const auto waiting = world.preferences.waiting_for(event_of(plan));
    if (plan.kind == Kind::kStory) {
        const auto readers = readers_.find(messages::plan_id(plan));
        if (wave == Wave::kOthers && readers != readers_.end()) people = readers->second;
        return people;
    }
    if (is_story_told) {
        if (wave == Wave::kOthers) people = world.messages.held_of_story(plan);
        return people;
    }
    std::unordered_set<std::uint32_t> first;
    for (const SubjectId subject : waiting) {
        const fans::FanId fan = world.fans.fan_of(subject);
        if (!followers.contains(fan) || !segment->members->contains(fan)) continue;
        if (first.insert(to_number(fan)).second && wave == Wave::kWaiting) people.push_back(fan);
    }
    if (wave == Wave::kWaiting) return people;
    fans::FanSet audience = *segment->members;
    audience &= followers;
    people = audience.members();
    if (!first.empty()) {
        std::erase_if(people, [&first](SubjectId fan) { return first.contains(to_number(fan)); });
    }
    return people;
}

// By which rule the campaign's organisation may send; empty when it may not.
std::string Dispatcher::rights_rule(Turn& turn, const messages::Plan& plan,
                                    std::size_t people) const {
    const World& world = turn.world();
    const market::Campaign* campaign = world.campaigns.campaign(plan.campaign);
    rights::Access access;
    access.actor = "dispatcher";
    access.organisation = campaign == nullptr ? std::string() : campaign->organisation;
    access.purpose = rights::Purpose::kMessages;
    access.edition = plan.edition;
    const auto verdict = world.rights.decide(access, turn.now());
    turn.commit(std::vector{rights::decision_draft(access, verdict, verdict.allowed ? people : 0)});
    return verdict.allowed ? verdict.rule : std::string();
}

// Whether one of the fan's subjects has the message of this very plan.
bool Dispatcher::is_sent_by(const World& world, const messages::Plan& plan, fans::FanId fan) const {
    const auto subjects = world.fans.subjects(fan);
    return std::ranges::any_of(subjects, [&](SubjectId subject) {
        const auto sent = world.messages.resolve(message_id(secrets_.message_ids, plan, subject));
        return sent && sent->plan == messages::plan_id(plan);
    });
}

// Everything is asked just before sending: consent may have been withdrawn, the fan erased or
// joined with another one since the list was made.
void Dispatcher::ask_chunk(Turn& turn) {
    const World& world = turn.world();
    const messages::Plan& plan = *world.messages.find_plan(job_.plan);
    messages::Matter matter = SendDesk::matter_of(world.messages, plan);
    const std::string event = event_of(plan);
    matter.event = event;
    const auto* segment = world.fans.segment(plan.cohort);
    const bool needs_following = plan.kind == messages::Kind::kResult;
    std::vector<messages::Recipient> recipients;
    messages::Considered considered;
    const std::size_t most = job_.next == 0 ? kFirstMessages : kMessagesPerTurn;
    for (std::size_t asked = 0;
         job_.next < job_.people.size() && asked < kAskedPerTurn && recipients.size() < most;
         ++asked) {
        const SubjectId subject = job_.people[job_.next++];
        const fans::FanId fan = world.fans.fan_of(subject);
        if (fan == kNoSubject || world.fans.user_id(fan).empty()) continue;
        if (plan.kind == messages::Kind::kStory && !may_be_told_story(world, fan, turn.now())) {
            continue;
        }
        const bool is_relevant =
            !needs_following || (segment != nullptr && segment->members->contains(fan) &&
                                 world.fans.followers(plan.competitor).contains(fan));
        const auto ruling = desk_.ask(world, plan, matter, fan, is_relevant, turn.now());
        if (ruling.reason == messages::Reason::kSend) {
            recipients.push_back({fan, std::string(world.fans.user_id(fan)),
                                  std::string(world.fans.language(fan)), job_.rule});
            continue;
        }
        if (ruling.reason == messages::Reason::kDuplicate && is_sent_by(world, plan, fan)) continue;
        considered.reasons[ruling.reason].push_back(subject);
        if (messages::is_held(ruling.reason)) job_.due = std::min(job_.due, ruling.again);
    }
    considered.due = job_.wave == Wave::kHeld ? job_.due_before : job_.due;
    auto drafts = world.messages.send(job_.plan, recipients, secrets_.message_ids);
    if (drafts) send(turn, std::move(*drafts), plan.edition);
    static_cast<void>(turn.commit(world.messages.consider(job_.plan, considered)));
    if (job_.next == job_.people.size()) end_job(turn);
}

void Dispatcher::end_job(Turn& turn) {
    const World& world = turn.world();
    if (job_.wave == Wave::kWaiting) {
        waiting_served_.insert(job_.plan);
    } else if (job_.wave == Wave::kOthers) {
        waiting_served_.erase(job_.plan);
        readers_.erase(job_.plan);
        static_cast<void>(turn.commit(world.messages.finish(job_.plan)));
    }
    if (job_.wave == Wave::kHeld || job_.is_asked_again) {
        messages::Considered done;
        done.due = job_.is_asked_again ? turn.now() : job_.due;
        static_cast<void>(turn.commit(world.messages.consider(job_.plan, done)));
    }
    job_ = {};
}

void Dispatcher::send(Turn& turn, std::vector<journal::Draft> drafts,
                      std::string_view edition) const {
    std::vector<std::pair<std::string, SubjectId>> events;
    std::vector<std::string> ids;
    events.reserve(drafts.size());
    for (const journal::Draft& draft : drafts) {
        const MessageEvent event = message_event(turn.world().messages, draft.payload);
        ids.push_back(event.message);
        events.emplace_back(event.data, draft.subject);
    }
    const journal::Offset first = turn.commit(std::move(drafts));
    if (tell_) tell_(turn, ids);
    turn.after_durable([&streams = streams_, stream = message_stream(edition), first,
                        events = std::move(events)](const Result<void>& outcome) {
        if (!outcome) return;
        for (std::size_t i = 0; i < events.size(); ++i) {
            const auto& [event, subject] = events[i];
            // A client that cannot keep up is dropped by the hub and resumes by id.
            static_cast<void>(
                streams.publish(stream, first + i, "message", event, to_number(subject)));
        }
    });
}

}  // namespace altis::service
