// The page behind the link to unsubscribe that every e-mail carries.
#pragma once

#include <string>
#include <string_view>

namespace altis::service {

// The path of a subscription's page: "/unsubscribe/<id>?lang=<language>". Whoever has the id was
// sent it.
std::string unsubscribe_path(std::string_view subscription, std::string_view language);

// HTML without scripts. Before: a button that posts; looking at the page changes nothing.
std::string unsubscribe_page(std::string_view language);
std::string unsubscribed_page(std::string_view language);

}  // namespace altis::service
