// The head of a response as bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "server/http.h"
#include "server/message_reader.h"
#include "server/router.h"

namespace altis::server {

// What the server adds to a handler's response.
struct HeadFrame {
    std::string_view date;  // IMF-fixdate
    std::string_view request_id;
    KeepAlive keep_alive = KeepAlive::kNo;
    CrossOrigin cross_origin = CrossOrigin::kNo;
    std::string_view origin = {};  // of the page that asks; empty when it is not known
};

// Appends status line, fields and the empty line. Line breaks in a handler's field become spaces.
void append_head(std::string& out, const Response& response, const HeadFrame& frame);

// False for a status that never has a body.
bool has_body(int status);

// "Thu, 19 Feb 2026 21:04:05 GMT"
std::string imf_date(Time time);

}  // namespace altis::server
