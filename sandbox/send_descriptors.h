// sandbox/send_descriptors.h -- One message of wire.h with descriptors beside it.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstring>

#include "sandbox/wire.h"

namespace assay::sandbox {

// Sends `message` and the `count` (at most kMaxRunFds) descriptors at `fds`, which stay open here.
// False with errno when it did not go out whole. Calls nothing that allocates.
template <class Message>
bool SendWithDescriptors(int socket, Message message, const int* fds, std::size_t count) {
  iovec piece{&message, sizeof message};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxRunFds)] = {};
  msghdr parts{};
  parts.msg_iov = &piece;
  parts.msg_iovlen = 1;
  if (count > 0) {
    const std::size_t bytes = sizeof(int) * count;
    parts.msg_control = control;
    parts.msg_controllen = CMSG_SPACE(bytes);
    cmsghdr* header = CMSG_FIRSTHDR(&parts);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(header), fds, bytes);
  }
  return sendmsg(socket, &parts, MSG_NOSIGNAL) == sizeof message;
}

}  // namespace assay::sandbox
