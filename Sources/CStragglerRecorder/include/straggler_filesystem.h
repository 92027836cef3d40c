// What the interposer tells the recorder of a whole file system.
#ifndef STRAGGLER_FILESYSTEM_H
#define STRAGGLER_FILESYSTEM_H

#pragma GCC visibility push(hidden)

/// Every file of the file system that this descriptor is on was synced (syncfs(2)).
void straggler_file_system_synced(int descriptor);

#pragma GCC visibility pop

#endif
