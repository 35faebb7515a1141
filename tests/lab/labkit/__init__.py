# SPDX-License-Identifier: GPL-2.0-or-later
"""What a lab is made of: one module for each real thing that runs in it."""
