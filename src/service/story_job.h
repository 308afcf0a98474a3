// Stories of the archive between Games: what there is to tell on a day, and to whom.
#pragma once

#include <vector>

#include "messages/messages_book.h"
#include "messages/next_story.h"
#include "service/core.h"
#include "service/dispatcher.h"

namespace altis::service {

// Medals of an edition that come back on this day, in order of unit and rank.
std::vector<messages::Moment> moments_of(const World& world, std::string_view edition,
                                         const messages::CivilDay& today);

// Who is to read a planned story: fans of its audience for whom it is the next one on its day. The
// same for the same state of the books, so that a crash between asking and sending changes nothing
// but to leave out who was told since.
std::vector<SubjectId> story_readers(const World& world, const messages::Plan& plan);

// Plans the stories of today, of every campaign with an audience, from its own edition alone: the
// consent that a person gave for an edition covers stories of that edition. Repeated on the same
// day, it plans nothing new.
void plan_stories(Turn& turn, Dispatcher& dispatcher);

}  // namespace altis::service
