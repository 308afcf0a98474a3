#include "app/config.h"

#include <gtest/gtest.h>

namespace altis::app {
namespace {

TEST(Config, ItsTemplateIsItsDefaults) {
    const auto config = parse_config(config_template());
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(to_json(*config), to_json(Config{}));
}

TEST(Config, ReadsEveryKind) {
    const auto config = parse_config("[server]\nport = 9000\n[data]\ndirectory = \"/srv/altis\"\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->server.port, 9000);
    EXPECT_EQ(config->data.directory, "/srv/altis");
    EXPECT_EQ(config->server.address, "127.0.0.1");
    const auto model = parse_config("[messages.model]\nname = \"words\"\n");
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->model.name, "words");
    EXPECT_EQ(model->model.url, "");
}

TEST(Config, NamesWhatIsWrong) {
    const struct {
        const char* toml;
        const char* reason;
        const char* names;
    } cases[] = {
        {"[server]\nprot = 1\n", "config.unknown_key", "prot"},
        {"[sever]\nport = 1\n", "config.unknown_key", "sever"},
        {"port = 1\n", "config.unknown_key", "port"},
        {"[messages.model]\nkey = \"x\"\n", "config.unknown_key", "[messages.model] key"},
        {"[messages]\nurl = \"x\"\n", "config.unknown_key", "[messages] url"},
        {"[server.more]\nport = 1\n", "config.unknown_key", "[server.more] port"},
        {"[server]\nport = \"1\"\n", "config.wrong_type", "port"},
        {"[server]\naddress = 1\n", "config.wrong_type", "address"},
        {"[server]\nport = 70000\n", "config.out_of_range", "port"},
        {"[data]\njournal_segment_mb = 1\n", "config.out_of_range", "journal_segment_mb"},
        {"[server\n", "config.malformed", "line 1"},
    };
    for (const auto& bad : cases) {
        const auto config = parse_config(bad.toml);
        ASSERT_FALSE(config) << bad.toml;
        EXPECT_EQ(config.error().reason, bad.reason) << bad.toml;
        EXPECT_NE(config.error().message.find(bad.names), std::string::npos)
            << config.error().message;
    }
}

}  // namespace
}  // namespace altis::app
