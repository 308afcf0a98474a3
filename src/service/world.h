// The world: every book of the process, side by side. They never call each other; the flows of this
// room read several of them and commit drafts for several of them.
#pragma once

#include <vector>

#include "channels/subscriptions_book.h"
#include "cleanroom/activations_book.h"
#include "cleanroom/rooms_book.h"
#include "cleanroom/treasury/treasury_book.h"
#include "fans/exports_book.h"
#include "fans/fans_book.h"
#include "journal/book.h"
#include "market/campaigns.h"
#include "market/ledger.h"
#include "messages/messages_book.h"
#include "messages/names_book.h"
#include "messages/preferences_book.h"
#include "results/awards/awards_book.h"
#include "results/awards/held_book.h"
#include "results/codes/code_tables.h"
#include "results/feed/tellings_book.h"
#include "results/log/fact_log.h"
#include "results/people/participants_book.h"
#include "results/people/persons_book.h"
#include "results/record_marks/record_marks_book.h"
#include "results/results_book.h"
#include "results/schedule/schedule_book.h"
#include "rights/feed_grants.h"
#include "rights/page_links_book.h"
#include "rights/rights_book.h"

namespace altis::service {

struct World {
    World() = default;
    World(const World&) = delete;  // one book follows another
    World& operator=(const World&) = delete;

    rights::RightsBook rights;
    rights::FeedGrantsBook feed_grants;
    rights::PageLinksBook page_links;
    fans::FansBook fans;
    results::ResultsBook results;
    results::FactLog fact_log;
    results::AwardsBook awards{results};
    results::HeldBook held;
    results::ParticipantsBook participants;
    results::CodeTables codes;
    results::PersonsBook persons{results, awards};
    results::RecordMarksBook record_marks{results, awards};
    results::ScheduleBook schedule;
    results::feed::TellingsBook tellings;
    cleanroom::TreasuryBook treasury;
    cleanroom::RoomsBook rooms;
    cleanroom::ActivationsBook activations;
    market::CampaignBook campaigns;
    market::LedgerBook ledger;
    messages::MessagesBook messages;
    messages::NamesBook names;
    messages::PreferencesBook preferences;
    fans::ExportsBook exports;
    channels::SubscriptionsBook subscriptions;

    // What a fan decided last, on whichever of its devices.
    bool has_consent(fans::FanId fan, rights::Purpose purpose, std::string_view edition) const {
        return rights.has_consent(fans.subjects(fan), purpose, edition);
    }

    // In the order in which each record is applied.
    std::vector<journal::Book*> books() {
        return {
            &rights,   &feed_grants, &page_links,   &fans,        &results,     &awards,
            &held,     &fact_log,    &participants, &codes,       &persons,     &record_marks,
            &schedule, &tellings,    &treasury,     &rooms,       &activations, &campaigns,
            &ledger,   &messages,    &names,        &preferences, &exports,     &subscriptions,
        };
    }
};

}  // namespace altis::service
