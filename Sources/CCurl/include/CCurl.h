#ifndef CCURL_H
#define CCURL_H

/// Finds libcurl on this machine, once; whoever has no bot needs none.
///
/// Returns its version, or NULL where there is none.
const char *_Nullable cc_version(void);

#endif
