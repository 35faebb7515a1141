# SPDX-License-Identifier: GPL-2.0-or-later
# Draws the curves that growth.py measured: see there. Both axes are logarithmic, so that a straight line
# as steep as the dotted one is linear growth.
set terminal svg size 1000,640 dynamic font "sans-serif,12" background rgb "white"
set output picture
set logscale xy
set xlabel "size"
set ylabel "seconds of processor time"
set key outside right top vertical maxcols 1 Left reverse noenhanced title "curve (exponent)" left
set grid linecolor rgb "#dddddd"
set xrange [100:1000000]
set yrange [0.005:10]
plot x / 50000 with lines dashtype 3 linecolor rgb "#888888" title "linear", \
     for [i=0:curves-1] data index i using 1:2 with linespoints linewidth 1.5 pointsize 0.5 \
         title columnheader(1)
