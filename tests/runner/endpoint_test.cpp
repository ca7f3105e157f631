#include "runner/model/endpoint_model.h"
#include "runner/model/endpoint_pace.h"
#include "runner/model/endpoint_protocol.h"
#include "tests/support/catch.h"

using namespace assay;
using std::chrono::milliseconds;

namespace {

Request Chat(std::uint64_t seed = 1) {
  return {std::vector<Message>{{"user", "hi"}}, Sampling(), Key("sample", seed), -1, "", 0};
}

}  // namespace

TEST_CASE("an endpoint's address names host and model, and holds no secret") {
  const auto good = ParseEndpointAddress("http://host:1/v1/#org/name");
  REQUIRE(good);
  CHECK(good->base == "http://host:1/v1");
  CHECK(good->model == "org/name");
  for (const char* bad : {"http://host/v1", "http://host/v1#", "http://#m", "ftp://host/v1#m"}) {
    CHECK(ParseEndpointAddress(bad).error().code == ErrorCode::kUsage);
  }
  const auto secret = ParseEndpointAddress("http://me:hunter2@host/v1#m");
  REQUIRE_FALSE(secret);
  CHECK(secret.error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("request bodies hold what differs from the defaults, and extra fields win") {
  Request request = Chat();
  request.sampling.stop = {"\n"};
  request.sampling.top_k = 5;
  const auto extra = ParseJson(R"({"max_tokens":null,"max_completion_tokens":9})").value();
  const Json body = BodyOf(request, "m", 1, extra);
  CHECK(PathOf(request) == "/chat/completions");
  CHECK(body["messages"][0]["content"] == "hi");
  CHECK(body["stop"][0] == "\n");
  CHECK(body["top_k"] == 5);
  CHECK_FALSE(body.contains("top_p"));
  CHECK_FALSE(body.contains("n"));
  CHECK_FALSE(body.contains("max_tokens"));
  CHECK(body["max_completion_tokens"] == 9);
  CHECK(body["seed"] == BodyOf(request, "m", 1, {})["seed"]);
  CHECK(body["seed"] != BodyOf(Chat(2), "m", 1, {})["seed"]);
  request.prompt = std::string("text");
  CHECK(PathOf(request) == "/completions");
  CHECK(BodyOf(request, "m", 4, {})["n"] == 4);
}

TEST_CASE("replies: choices by index, truncation, thoughts, logprobs, usage") {
  const Reply reply = ParseReply(200,
                                 R"({"choices":[
        {"index":1,"message":{"content":"b"},"finish_reason":"length"},
        {"index":0,"message":{"content":"a","reasoning_content":"hm"},"finish_reason":"stop",
         "logprobs":{"content":[{"token":"x","logprob":-0.25}]}},
        {"index":2,"message":{"content":"c"},"finish_reason":"content_filter"},
        {"index":3,"message":{"content":null},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":5,"completion_tokens":8}})",
                                 "");
  REQUIRE(reply.kind == Reply::Kind::kAnswered);
  REQUIRE(reply.choices.size() == 4);
  CHECK(reply.choices[0]->text == "<think>\nhm\n</think>\na");
  CHECK(reply.choices[0]->logprobs == std::vector<float>{-0.25F});
  CHECK(reply.choices[0]->response_tokens == 1);
  CHECK(reply.choices[1]->finish == Finish::kLength);
  CHECK(reply.choices[1]->response_tokens == 2);
  CHECK(reply.choices[1]->prompt_tokens == 5);
  CHECK_FALSE(reply.choices[2]);
  CHECK_FALSE(reply.choices[3]);
}

TEST_CASE("a streamed reply is the reply it stands for") {
  const std::string body =
      ": hello\n\n"
      "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"b\"}}]}\n\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"h\"}}]}\r\n\r\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},"
      "\"logprobs\":{\"content\":[{\"token\":\"a\",\"logprob\":-0.5}]}}]}\n\n"
      "data: "
      "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"!\"},\"finish_reason\":\"length\"},"
      "{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":8}}\n\n"
      "data: [DONE]\n\n";
  const Reply reply = ParseReply(200, body, "");
  REQUIRE(reply.kind == Reply::Kind::kAnswered);
  REQUIRE(reply.choices.size() == 2);
  CHECK(reply.choices[0]->text == "<think>\nh\n</think>\na!");
  CHECK(reply.choices[0]->finish == Finish::kLength);
  CHECK(reply.choices[0]->logprobs == std::vector<float>{-0.5F});
  CHECK(reply.choices[1]->text == "b");
  CHECK(reply.choices[1]->response_tokens == 4);
  CHECK(ParseReply(200, body.substr(0, 300), "").kind == Reply::Kind::kTransient);
  CHECK(ParseReply(200, "data: {\"error\":\"busy\"}\n\n", "").message.find("busy") !=
        std::string::npos);
  Request request = Chat();
  CHECK(BodyOf(request, "m", 1, {}, true)["stream"] == true);
  CHECK_FALSE(BodyOf(request, "m", 1, {}).contains("stream"));
}

TEST_CASE("replies that are no answers are told apart") {
  const auto kind = [](long status, const char* body, const char* after = "") {
    return ParseReply(status, body, after).kind;
  };
  CHECK(kind(429, "") == Reply::Kind::kSlowDown);
  CHECK(kind(503, "", "2") == Reply::Kind::kSlowDown);
  CHECK(kind(503, "") == Reply::Kind::kTransient);
  CHECK(kind(500, "") == Reply::Kind::kTransient);
  CHECK(kind(408, "") == Reply::Kind::kTransient);
  CHECK(kind(400, "") == Reply::Kind::kRefused);
  CHECK(kind(401, "") == Reply::Kind::kRefused);
  CHECK(kind(200, "<html>") == Reply::Kind::kTransient);
  CHECK(kind(200, "{\"choices\":[]}") == Reply::Kind::kTransient);
  CHECK(ParseReply(429, "", "1.5").retry_after == milliseconds(1500));
  CHECK(ParseReply(429, "", "soon").retry_after == std::nullopt);
  CHECK(ParseReply(429, "", "Thu, 01 Jan 1970 00:00:00 GMT").retry_after == milliseconds(0));
  CHECK(ParseReply(429, "", "1e99").retry_after == milliseconds(600'000));
  CHECK(ParseReply(400, R"({"error":{"message":"too long"}})", "").message ==
        "HTTP 400: \"too long\"");
}

TEST_CASE("the pace shrinks once a pause and grows again with successes") {
  EndpointPace pace(8, 64);
  for (int i = 0; i < 22; ++i) pace.Succeeded();
  CHECK(pace.window() == 30);
  const EndpointPace::Time now{std::chrono::hours(1)};
  pace.SlowDown(now, milliseconds(200));
  pace.SlowDown(now, milliseconds(250));  // of a request that was in flight too
  CHECK(pace.window() == 20);
  CHECK(pace.not_before() == now + milliseconds(250));
  for (int i = 0; i < 21; ++i) pace.Succeeded();
  CHECK(pace.window() == 21);
  for (int i = 0; i < 100; ++i) pace.SlowDown(now + std::chrono::seconds(i), milliseconds(0));
  CHECK(pace.window() == 1);  // never less
  for (int i = 0; i < 10'000; ++i) pace.Succeeded();
  CHECK(pace.window() == 64);  // never more
}

TEST_CASE("retry delays grow, differ between requests, and repeat for the same request") {
  const Key one("sample", 1);
  const Key two("sample", 2);
  CHECK(RetryDelay(one, 1) == RetryDelay(one, 1));
  CHECK(RetryDelay(one, 1) != RetryDelay(two, 1));
  for (int attempt = 1; attempt < 20; ++attempt) {
    CHECK(RetryDelay(one, attempt) >= milliseconds(250));
    CHECK(RetryDelay(one, attempt) <= milliseconds(30'000));
  }
  CHECK(RetryDelay(one, 7) > RetryDelay(one, 1));
}

TEST_CASE("an endpoint that nobody serves fails every sample and ends") {
  EndpointOptions options;
  options.attempts = 2;
  options.time_out = milliseconds(500);
  const auto model = MakeEndpointModel("http://127.0.0.1:1/v1#m", options).value();
  int failed = 0;
  model->Sample({Chat(), Chat(2)},
                [&](std::size_t, Result<Response> response) {
                  CHECK_FALSE(response);
                  CHECK(response.error().message.find("after 2 attempts") != std::string::npos);
                  ++failed;
                },
                {});
  CHECK(failed == 2);
}

TEST_CASE("the identity of an endpoint holds no key") {
  EndpointOptions options;
  options.api_key = "hunter2";
  const auto model = MakeEndpointModel("http://h/v1#m", options).value();
  CHECK(model->Identity().find("hunter2") == std::string::npos);
  CHECK(model->Description().find("hunter2") == std::string::npos);
}
