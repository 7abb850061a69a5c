# A figure of varve: change it and run `gnuplot plane_k30.gp` here; data are in plane_k30.dat.
# For a PDF: gnuplot -e "format='pdf'" plane_k30.gp; for a PNG: format='png'.
reset
set encoding utf8
width = 720; height = 356  # pixels at 96 dpi
if (!exists('format')) format = 'svg'
if (!exists('file')) file = 'plane_k30.' . format
if (format eq 'svg') set terminal svg size width,height fixed noenhanced font 'sans-serif,12' background '#ffffff'
if (format eq 'pdf') set terminal pdfcairo size width/96.,height/96. noenhanced font 'Sans,9'
if (format eq 'png') set terminal pngcairo size 2*width,2*height noenhanced font 'Sans,9' fontscale 2 linewidth 2 pointscale 2
set output file
set label 1 'overlap, k = 30' at screen 0.5,0.9607 center
set border linecolor '#444444'
set tics nomirror out scale 0.5
set xtics offset 0,0.3
set grid ytics linetype 1 linewidth 0.6 linecolor '#dddddd'
set palette defined (0 '#440154', 1 '#482878', 2 '#3e4989', 3 '#31688e', 4 '#26828e', 5 '#1f9e89', 6 '#35b779', 7 '#6ece58', 8 '#b5de2b')
set cbrange [0:2]
set cbtics 0,1
set colorbox vertical user origin screen 0.8972,0.1517 size screen 0.0167,0.7022
set cblabel 'layer' offset 0,0
unset key
set multiplot

set lmargin at screen 0.1083; set rmargin at screen 0.4556; set bmargin at screen 0.1517; set tmargin at screen 0.8539
set label 4 'last' at screen 0.2819,0.8848 center
unset logscale x
set xrange [0.678125:5.06]
set yrange [0.678125:5.06]
set xtics autofreq
set xlabel 'a dimension' offset 0,0.4
set ylabel 'overlap' offset 1,0
unset x2tics
unset x2label
set arrow from graph 0,0 to graph 1,1 nohead back dashtype 2 linecolor '#999999'
plot NaN notitle, \
  'plane_k30.dat' index 0 using 1:2 with lines linecolor '#bbbbbb' notitle, \
  'plane_k30.dat' index 0 using 1:2:0 with points pointtype 7 pointsize 1.1 linecolor palette notitle
unset arrow; unset label; unset key; unset colorbox

set lmargin at screen 0.5250; set rmargin at screen 0.8722; set bmargin at screen 0.1517; set tmargin at screen 0.8539
set label 4 'mean' at screen 0.6986,0.8848 center
unset logscale x
set xrange [0.678125:3.56]
set yrange [0.678125:3.56]
set xtics autofreq
set xlabel 'a dimension' offset 0,0.4
set ylabel '' offset 1,0
unset x2tics
unset x2label
set arrow from graph 0,0 to graph 1,1 nohead back dashtype 2 linecolor '#999999'
plot NaN notitle, \
  'plane_k30.dat' index 1 using 1:2 with lines linecolor '#bbbbbb' notitle, \
  'plane_k30.dat' index 1 using 1:2:0 with points pointtype 7 pointsize 1.1 linecolor palette notitle
unset arrow; unset label; unset key; unset colorbox
unset multiplot
unset output
