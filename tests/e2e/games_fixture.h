// For tests with one server and the games of games.h on it.
#pragma once

#include <gtest/gtest.h>
#include <memory>

#include "altis_server.h"
#include "games.h"

namespace altis::e2e {

class GamesTest : public testing::Test {
  protected:
    void SetUp() override {
        auto started = Server::start(how_to_start());
        ASSERT_TRUE(started) << started.error().message;
        server_ = std::move(*started);
        auto keys = found_games(*server_);
        ASSERT_TRUE(keys) << keys.error().message;
        keys_ = std::move(*keys);
        begin();
    }

    // Before there is a server.
    virtual ServerStart how_to_start() { return {folder_ / "data", "", {}}; }

    // What a test adds before it looks.
    virtual void begin() {}

    Caller owner() const { return server_->caller(keys_.owner); }
    Caller ingest() const { return server_->caller(keys_.ingest); }
    Caller airline() const { return server_->caller(keys_.airline); }

    TemporaryFolder folder_;
    std::unique_ptr<Server> server_;
    Keys keys_;
};

}  // namespace altis::e2e
