# A figure of varve: change it and run `gnuplot multiples.gp` here; data are in multiples.dat.
# For a PDF: gnuplot -e "format='pdf'" multiples.gp; for a PNG: format='png'.
reset
set encoding utf8
width = 808; height = 620  # pixels at 96 dpi
if (!exists('format')) format = 'svg'
if (!exists('file')) file = 'multiples.' . format
if (format eq 'svg') set terminal svg size width,height fixed noenhanced font 'sans-serif,12' background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo size width/96.,height/96. noenhanced font 'Sans,9'
if (format eq 'png') set terminal pngcairo size 2*width,2*height noenhanced font 'Sans,9' fontscale 2 linewidth 2 pointscale 2
set output file
set label 1 'over k' at screen 0.5,0.9774 center
set border linecolor '#444444'
set tics nomirror out scale 0.5
set xtics offset 0,0.3
set grid ytics linetype 1 linewidth 0.6 linecolor '#dddddd'
unset key
set multiplot

set lmargin at screen 0.0965; set rmargin at screen 0.5050; set bmargin at screen 0.5613; set tmargin at screen 0.9161
set label 4 'k = 5' at screen 0.3007,0.9339 center
unset logscale x
set xrange [0:2.06]
set yrange [3.94:5.06]
set xtics autofreq
set xlabel 'layer' offset 0,0.4
set ylabel 'a dimension' offset 1,0
unset x2tics
unset x2label
plot NaN notitle, \
  'multiples.dat' index 0 using 1:2 with linespoints linecolor '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 title 'last'
unset arrow; unset label; unset key; unset colorbox

set lmargin at screen 0.5668; set rmargin at screen 0.9752; set bmargin at screen 0.5613; set tmargin at screen 0.9161
set label 4 'k = 10' at screen 0.7710,0.9339 center
unset logscale x
set xrange [0:2.06]
set yrange [3.94:5.06]
set xtics autofreq
set xlabel 'layer' offset 0,0.4
set ylabel '' offset 1,0
unset x2tics
unset x2label
plot NaN notitle, \
  'multiples.dat' index 1 using 1:2 with linespoints linecolor '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle
unset arrow; unset label; unset key; unset colorbox

set lmargin at screen 0.0965; set rmargin at screen 0.5050; set bmargin at screen 0.0871; set tmargin at screen 0.4419
set label 4 'k = 20' at screen 0.3007,0.4597 center
unset logscale x
set xrange [0:2.06]
set yrange [3.94:5.06]
set xtics autofreq
set xlabel 'layer' offset 0,0.4
set ylabel 'a dimension' offset 1,0
unset x2tics
unset x2label
plot NaN notitle, \
  'multiples.dat' index 2 using 1:2 with linespoints linecolor '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.7 notitle
unset arrow; unset label; unset key; unset colorbox
unset multiplot
unset output
