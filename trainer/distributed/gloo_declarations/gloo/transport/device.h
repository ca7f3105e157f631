// The names of Gloo that c10d/ProcessGroupGloo.hpp mentions. The LibTorch wheel contains Gloo's
// code but not its headers; c10d hides the library behind pointers, so declarations are enough.
// Nothing here is defined, derived from or called by us: only c10d, inside LibTorch, does that.
#pragma once

namespace gloo::transport {

class Device;
class UnboundBuffer;

}  // namespace gloo::transport
