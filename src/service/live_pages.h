// The pages that editions show to everybody, and nothing of an edition without its public grant.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "platform/clock.h"
#include "rights/feed_grants.h"
#include "server/router.h"
#include "service/core.h"
#include "service/live_site.h"

namespace altis::service {

// Thread-safe.
class LivePages {
  public:
    LivePages(Core& core, LiveFeed& feed, server::StreamHub& streams, platform::Clock& clock);

    // Shows the edition of a public grant from now on, as the grant says.
    void open(const rights::FeedGrant& grant, const std::string& edition_name);
    // Shows nothing of it any more, from this moment on.
    void close(std::string_view edition);

    struct Open {
        rights::FeedGrant grant;
        std::shared_ptr<LiveSite> site;
    };
    // "live.not_public" for an edition that shows nothing, also for one that is not there.
    Result<Open> find(std::string_view edition) const;
    // True when some edition lets everybody prove its facts.
    bool has_proofs() const;

    // A page by the name that LiveSite::page takes, with ".json" for its data; `respond` is called
    // at once, unless the books must be asked.
    void answer(const server::Request& request, const std::string& edition, const std::string& name,
                const server::Responder& respond);

  private:
    // Asks the books for the medal table or the list of units; false when there is no need.
    bool refresh(const Open& open, const std::string& name, const std::function<void()>& done);

    Core& core_;
    LiveFeed& feed_;
    server::StreamHub& streams_;
    platform::Clock& clock_;
    mutable std::shared_mutex mutex_;
    std::map<std::string, Open, std::less<>> open_;  // by edition
};

// Shows what was public before the last stop.
Result<void> open_live_pages(Core& core, LivePages& pages);

// A file with its tag; 304 when the client has it.
server::Response file_response(const StoredFile& file, const server::Request& request,
                               std::string_view cache_control);

// Style sheet and scripts, by the names that pages link; null for others.
const StoredFile* live_asset(std::string_view name);
// The path under which a file of web/dist is linked, which changes with its content.
std::string live_asset_path(std::string_view file);

}  // namespace altis::service
